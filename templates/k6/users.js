// A user of performance.js, stress.js and spike.js: asks, looks at the answer, and thinks for a tenth of a second.
import { check, sleep } from 'k6';
import { ask } from './ask.js';

const thinkSeconds = 0.1;

export const thresholds = { http_req_duration: ['p(95)<500'], http_req_failed: ['rate<0.01'] };

/** A key that is used up gets 429: that is an answer, though `http_req_failed` counts it. */
export function useOnce() {
  check(ask(), {
    'status is 200 or 429': ({ status }) => status === 200 || status === 429,
    'took less than 500 ms': ({ timings }) => timings.duration < 500,
  });
  sleep(thinkSeconds);
}
