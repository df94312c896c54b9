/**
 * How long a `retry-after` asks to wait, in milliseconds: seconds, or a date
 * (https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3); null where it is neither. @param wallMs what a date is compared with
 */
export function retryAfterMs(value: string, wallMs: number): number | null {
  const text = value.trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  // Without a month's name or a whole date, the parser makes dates of anything.
  const date = /^\d{4}-\d\d-\d\d|[a-z]{3}/i.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - wallMs);
}
