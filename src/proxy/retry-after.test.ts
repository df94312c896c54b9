import { expect, it } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const wallMs = Date.UTC(2026, 10, 26, 12);

it.each([
  ['5', 5000],
  [' 0.5 ', 500],
  ['Thu, 26 Nov 2026 12:01:00 GMT', 60_000],
  ['Thu, 26 Nov 2026 11:00:00 GMT', 0],
  ['soon', null],
  ['-5', null],
  ['', null],
])('reads the time to wait from %j', (text, ms) => expect(retryAfterMs(text, wallMs)).toBe(ms));
