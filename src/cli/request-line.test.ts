import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { type EndedRequest, requestLine } from './request-line.ts';

const uncolored = new Chalk({ level: 0 });
const request: EndedRequest = {
  time: '2026-11-22T12:04:29.000Z',
  provider: 'anthropic',
  model: 'claude-sonnet-4-6',
  asked_model: 'claude-sonnet-4-6',
  project: 'webshop',
  status: 200,
  outcome: 'ok',
  tokens: { input: 1234, cache_read: 58_100, output: 812 },
  cost_usd: 0.0356,
  exactness: 'exact',
  latency_ms: { overhead: 1.3, total: 1900 },
};
const line = (changes: Partial<EndedRequest> = {}): string => requestLine({ ...request, ...changes }, uncolored);

describe('the line of a request', () => {
  it('tells what went where, how long it took and what it cost', () => {
    expect(line().replace(/^\d\d:\d\d:\d\d/u, 'TIME')).toBe(
      'TIME 200 anthropic claude-sonnet-4-6          webshop    new 1.2k   read 58.1k  out 812      1.90s ovh  1.3ms   $0.0356',
    );
  });

  it('has every column in the same place, whatever stands in it', () => {
    const other = line({
      provider: 'a-provider-with-a-long-name',
      model: 'm'.repeat(100),
      project: null,
      status: 0,
      tokens: null,
      outcome: 'upstream_unreachable',
      cost_usd: null,
      latency_ms: { overhead: null, total: 5 },
    });
    expect(other).toHaveLength(line().length);
    expect(other.indexOf('ovh')).toBe(line().indexOf('ovh'));
    expect(other).toContain('upstream unreachable');
    expect(other).toContain('---');
    expect(other.endsWith(' ?')).toBe(true);
  });

  it('marks an estimate', () => {
    expect(line({ exactness: 'estimated' }).endsWith(' ~$0.0356')).toBe(true);
  });

  it('shows nothing of a name that a terminal would obey', () => {
    const shown = line({ model: '\u001B[2Jm', project: '\u202Ep' });
    expect(shown).toContain(' [2Jm ');
    expect(shown).toContain(' p ');
  });
});
