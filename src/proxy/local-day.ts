/** A day of the machine's own time zone, as `YYYY-MM-DD`. */
export type Day = string;

/** Gives the local day of a moment. Neighbouring moments cost nothing: the last day is remembered. */
export function createCalendar(): (time: number) => Day {
  let from = 0;
  let until = 0;
  let day: Day = '';
  return (time) => {
    if (time >= from && time < until) return day;
    const date = new Date(time);
    from = new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
    until = nextDay(time);
    const month = String(date.getMonth() + 1).padStart(2, '0');
    day = `${date.getFullYear()}-${month}-${String(date.getDate()).padStart(2, '0')}`;
    return day;
  };
}

/** When the local day of a moment is over. Times are Unix milliseconds; a day may have 23 or 25 hours. */
export function nextDay(time: number): number {
  const date = new Date(time);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
}
