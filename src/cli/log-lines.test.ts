import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { logLines } from './log-lines.ts';
import { type EndedRequest, requestLine } from './request-line.ts';

const color = new Chalk({ level: 0 });
const now = new Date(2026, 10, 22, 12, 30).getTime();
const at = (day: number): EndedRequest => ({
  time: new Date(2026, 10, day, 9, 5, 7).toISOString(),
  provider: 'anthropic',
  model: 'claude-sonnet-4-6',
  asked_model: null,
  project: null,
  status: 200,
  outcome: 'ok',
  tokens: null,
  cost_usd: null,
  exactness: 'exact',
  latency_ms: { overhead: 1, total: 5 },
});

describe('the lines of logs', () => {
  it('tell the time alone while all is of today', () => {
    expect(logLines(color, () => now)(at(22))).toBe(requestLine(at(22), color));
  });

  it('tell the day from the first that is older on, so that columns stay where they are', () => {
    const lineOf = logLines(color, () => now);
    const [older, newer] = [at(9), at(22)].map(lineOf);
    expect(older).toMatch(/^2026-11-09 09:05:07 200 anthropic/u);
    expect(newer).toMatch(/^2026-11-22 09:05:07 200 anthropic/u);
  });
});
