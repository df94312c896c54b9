import { StreamEvent } from './stream-events.ts';

/** Turns bytes into events, however they are cut. It never throws: what it cannot read it leaves out. */
export interface EventDecoder {
  readonly push: (chunk: Buffer) => void;
  /** Bytes of an unfinished event are pending. */
  readonly midEvent: () => boolean;
  /** An event was too large to decode, or was no event at all: nothing can be said of this stream's end. */
  readonly lost: () => Lost;
}

type Lost = 'nothing' | 'too large' | 'not events';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream): lines end
 * in LF, CR or CRLF, a byte order mark is skipped, comments are ignored, several `data` lines are joined, and an event
 * without its closing blank line is none. An event of more than `maxEventBytes` ends the decoding.
 */
export function sseDecoder(give: (event: StreamEvent) => void, maxEventBytes = 1024 * 1024): EventDecoder {
  let rest: Buffer | null = null;
  let name = '';
  let data: string | null = null;
  let dataLength = 0;
  let lost = 'nothing' as Lost;
  let started = false;
  let afterCarriageReturn = false;

  function line(text: string): void {
    if (text === '') return dispatch();
    const colon = text.indexOf(':');
    const field = colon < 0 ? text : text.slice(0, colon);
    if (field === 'data') {
      const value = text.slice(text.charCodeAt(5) === 0x20 ? 6 : 5);
      data = data === null ? value : `${data}\n${value}`;
      dataLength += value.length;
      if (dataLength > maxEventBytes) lost = 'too large';
    } else if (field === 'event') {
      name = text.slice(text.charCodeAt(6) === 0x20 ? 7 : 6);
    } else if (field !== '' && field !== 'id' && field !== 'retry' && lost === 'nothing') {
      lost = 'not events';
    }
  }

  function dispatch(): void {
    if (data !== null) give(new StreamEvent(name, data));
    name = '';
    data = null;
    dataLength = 0;
  }

  function lines(text: string): void {
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      line(text.slice(start, text.charCodeAt(end - 1) === carriageReturn && end > start ? end - 1 : end));
      start = end + 1;
    }
  }

  /** The bytes up to and with the last line end; the others wait. */
  function wholeLines(chunk: Buffer): string {
    const bytes: Buffer = rest ? Buffer.concat([rest, chunk]) : chunk;
    const end = Math.max(bytes.lastIndexOf(lineFeed), bytes.lastIndexOf(carriageReturn)) + 1;
    rest = end === bytes.length ? null : end === 0 ? bytes : bytes.subarray(end);
    if (rest && rest.length > maxEventBytes) {
      lost = 'too large';
      rest = null;
    }
    return end === 0 ? '' : bytes.toString('utf8', 0, end);
  }

  return {
    push(chunk) {
      if (lost === 'too large') return;
      let text = wholeLines(chunk);
      if (text === '') return;
      if (afterCarriageReturn && text.startsWith('\n')) text = text.slice(1);
      afterCarriageReturn = text.endsWith('\r');
      if (!started && text.startsWith('\uFEFF')) text = text.slice(1);
      started = true;
      // A lone CR is rare enough to pay for only when one is there.
      lines(/\r(?!\n)/.test(text) ? text.replace(/\r\n?/g, '\n') : text);
    },
    midEvent: () => rest !== null || data !== null || name !== '',
    lost: () => lost,
  };
}
