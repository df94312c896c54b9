/** What an answer says of repeating its request. */
export interface RetryAdvice {
  readonly never: boolean;
  /** Not before so many milliseconds have passed. */
  readonly afterMs: number;
}

/** Reads `x-should-retry` and `retry-after`: seconds or a date (RFC 9110, 10.2.3). @param wall Unix milliseconds */
export function retryAdvice(headers: readonly Buffer[], wall: number): RetryAdvice {
  let never = false;
  let afterMs = 0;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = String(headers[index]).toLowerCase();
    if (name === 'x-should-retry')
      never ||=
        String(headers[index + 1])
          .trim()
          .toLowerCase() === 'false';
    else if (name === 'retry-after') afterMs = Math.max(afterMs, waitFrom(String(headers[index + 1]).trim(), wall));
  }
  return { never, afterMs };
}

/** What means nothing asks for no wait. */
function waitFrom(text: string, wall: number): number {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? 0 : Math.max(0, at - wall);
}
