import { retryAfterMs } from '../retry-after.ts';

/** What an answer says of repeating its request. */
export interface RetryAdvice {
  readonly never: boolean;
  /** Not before so many milliseconds have passed. */
  readonly afterMs: number;
}

/** Reads `x-should-retry` and `retry-after`: what means nothing asks for no wait. @param wall Unix milliseconds */
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
    else if (name === 'retry-after') afterMs = Math.max(afterMs, retryAfterMs(String(headers[index + 1]), wall) ?? 0);
  }
  return { never, afterMs };
}
