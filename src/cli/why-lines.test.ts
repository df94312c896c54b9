import { expect, it } from 'vitest';
import { whyLines, type WhyReport } from './why-lines.ts';

const request: WhyReport['request'] = {
  id: 'tp_1',
  time: '2026-11-26T12:00:00.000Z',
  provider: 'anthropic',
  model: 'claude-x',
  asked_model: 'claude-x',
  key: 'ci',
  status: 429,
  outcome: 'rejected_budget',
  cost_usd: 0,
  attempts: [],
};

it('says which limits and budgets let a request pass, and which did not', () => {
  const why: WhyReport['why'] = {
    route: null,
    limits: [
      { limit: 'per key', subject: 'ci', verdict: 'passed', retryAfterMs: 0 },
      { limit: 'slow', subject: 'claude-x', verdict: 'shadow', retryAfterMs: 1500 },
    ],
    reservations: [
      { budget: 'day', subject: 'all', unit: 'usd', mode: 'hard', verdict: 'refused', reserved: 0, left: 5e11 },
      { budget: 'words', subject: 'ci', unit: 'tokens', mode: 'soft', verdict: 'warned', reserved: 1200, left: 90 },
    ],
  };
  expect(whyLines({ request, error: 'budget_exhausted', why })).toEqual([
    'tp_1  2026-11-26T12:00:00.000Z',
    '  model      claude-x',
    '  answer     429 rejected budget (budget_exhausted), by anthropic, $0.00',
    '  key        ci',
    '  rule       none: by its path, or as the request itself said',
    '  limit      per key of ci: passed',
    '  limit      slow of claude-x: would have been refused (shadow), 1.50s to wait',
    '  budget     day of all (hard): refused, $0.00 held, $0.5000 was left',
    '  budget     words of ci (soft): warned, 1.2k tokens held, 90 tokens was left',
    '  attempts   none: no provider was asked',
  ]);
});

it('says nothing of what had no part in it', () => {
  const lines = whyLines({ request: { ...request, key: null }, error: null, why: null });
  expect(lines.filter((line) => /key|limit|budget /.test(line))).toEqual([]);
});

it('says that nobody was asked', () => {
  const refused = { ...request, provider: null, status: 503, outcome: 'rejected_circuit' };
  expect(whyLines({ request: refused, error: 'circuit_open', why: null })).toContain(
    '  answer     503 rejected circuit (circuit_open), without a provider, $0.00',
  );
});

it('tells the next key of a provider from the next provider', () => {
  const failed = { status: 429, outcome: 'upstream_error', ms: 2, cost_usd: 0 };
  const attempts = [
    { ...failed, provider: 'anthropic', cause: '429' },
    { ...failed, provider: 'anthropic', cause: '429' },
    { ...failed, provider: 'backup' },
  ];
  const lines = whyLines({ request: { ...request, attempts }, error: null, why: null });
  expect(lines.filter((line) => line.includes('attempt'))).toEqual([
    '  attempt 1  anthropic: 429 upstream error in 2.0ms, $0.00, so its next key was used (429)',
    '  attempt 2  anthropic: 429 upstream error in 2.0ms, $0.00, so the next was asked (429)',
    '  attempt 3  backup: 429 upstream error in 2.0ms, $0.00',
  ]);
});
