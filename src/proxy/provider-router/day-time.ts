/** Minutes since midnight, from inclusive, to exclusive. */
export interface DayTime {
  readonly from: number;
  readonly to: number;
}

export const dayTimeExpectation = 'times of day such as 09:00-17:30';

/** Reads `HH:MM-HH:MM`; null where it is none, or empty. */
export function dayTimeFrom(text: string): DayTime | null {
  const [, from, to] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(text.replaceAll(' ', '')) ?? [];
  const [first, last] = [minutesFrom(from), minutesFrom(to)];
  return first === null || last === null || first === last ? null : { from: first, to: last };
}

function minutesFrom(text = ''): number | null {
  const hours = Number(text.slice(0, 2));
  const minutes = Number(text.slice(3));
  return text !== '' && minutes < 60 && (hours < 24 || text === '24:00') ? hours * 60 + minutes : null;
}

/** Whether a moment lies within, by the machine's time zone. @param wallMs Unix milliseconds */
export function isWithin({ from, to }: DayTime, wallMs: number): boolean {
  const time = new Date(wallMs);
  const minutes = time.getHours() * 60 + time.getMinutes();
  return from < to ? minutes >= from && minutes < to : minutes >= from || minutes < to;
}
