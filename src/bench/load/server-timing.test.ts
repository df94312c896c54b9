import { describe, expect, it } from 'vitest';
import { overheadOf } from './server-timing.ts';

describe('what a reply says of the time that the proxy took', () => {
  it.each([
    ['HTTP/1.1 200 OK\r\nserver-timing: tokenpak;dur=0.412\r\nvia: x', 0.412],
    ['HTTP/1.1 200 OK\r\nServer-Timing: edge;dur=3, tokenpak;dur=12.000\r\n', 12],
    ['HTTP/1.1 200 OK\r\nserver-timing: edge;dur=3\r\nx: tokenpak;dur=1', null],
    ['HTTP/1.1 200 OK', null],
  ])('is read from %j', (head, ms) => {
    expect(overheadOf(head)).toBe(ms);
  });
});
