import { amount, isObject, name, timeFrom } from './request-rows.ts';
import type { NoticeRow } from './state.ts';

const maxNotices = 200;
const maxMessageCharacters = 1024;

/** What a screen knows that is no request; newest first. */
export class NoticeList {
  #rows: readonly NoticeRow[] = [];
  /** Events that were left out, by the newest notices; 0 where the newest is about something else. */
  #skipped = 0;

  rows(): readonly NoticeRow[] {
    return this.#rows;
  }

  add(row: NoticeRow): void {
    this.#skipped = 0;
    this.#push({ ...row, message: row.message.slice(0, maxMessageCharacters) });
  }

  /** Takes a `notice` event; gives how many events it says were left out. */
  told(json: unknown, now: number): number {
    if (!isObject(json) || typeof json.message !== 'string') return 0;
    const [time, code, message] = [timeFrom(json.time) ?? now, name(json.code) ?? '', json.message];
    if (code !== 'skipped') {
      this.add({ time, level: levelOf(code, message), message });
      return 0;
    }
    const skipped = amount(json.skipped) ?? 0;
    // Under load they come ten times a second: one line says it for all.
    if (this.#skipped > 0) this.#rows = this.#rows.slice(1);
    const all = this.#skipped + skipped;
    this.#push({ time, level: 'info', message: `${all} events were left out: there was no room for them` });
    this.#skipped = all;
    return skipped;
  }

  #push(row: NoticeRow): void {
    this.#rows = [row, ...this.#rows.slice(0, maxNotices - 1)];
  }
}

/** Good news of a breaker or of the load is no warning. */
function levelOf(code: string, message: string): NoticeRow['level'] {
  if (code === 'circuit') return / is (?:half open|closed|forced closed):/.test(message) ? 'info' : 'error';
  if (code === 'overload') return message.includes('taken again') ? 'info' : 'error';
  if (code === 'budget') return message.includes('is used up') ? 'error' : 'warn';
  return 'info';
}
