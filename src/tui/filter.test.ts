import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chosenRequests } from './chosen-requests.ts';
import { exampleRow } from '../../test/support/screen/example-requests.ts';
import { parseFilter } from './filter.ts';
import { firstView } from './view.ts';

const row = exampleRow({
  model: 'claude-Opus-4-8',
  agent: 'claude-cli#sub-2',
  project: 'my web shop',
  status: 529,
  outcome: 'upstream_error',
  costUsd: 0.112,
  totalMs: 11_200,
  firstByteMs: 900,
  cache: null,
});

function matches(text: string): boolean {
  const parsed = parseFilter(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.matches(row);
}

describe('a filter', () => {
  it.each([
    '',
    'opus',
    'OPUS',
    'status>=400',
    'status:5xx',
    'status:529',
    'status>4xx',
    'model:opus agent:sub',
    'project:"my web"',
    '"web shop"',
    'cost>0.05 cost<$1',
    'dur>10s dur<1m',
    'dur>=11200ms',
    'ttfb<1s',
    'ttfb>0.5',
    'tokens>10k tokens<1M',
    'is:error -is:hit !is:live',
    '-model:haiku',
    '-',
    'provider:anthropic',
  ])('lets a request through: %s', (text) => expect(matches(text)).toBe(true));

  it.each([
    'haiku',
    'status<400',
    'status:4xx',
    '-opus',
    'model:opus agent:other',
    'cost>1',
    'dur>1m',
    'tokens>1M',
    'is:hit',
    'is:live',
    '!is:error',
  ])('holds a request back: %s', (text) => expect(matches(text)).toBe(false));

  it.each([
    ['status>=many', 'status needs a number'],
    ['cost>5s', 'cost needs a number'],
    ['colour:red', 'no field is called colour'],
    ['model>4', 'model is no number to compare'],
    ['is:nice', 'is: hit, error or live'],
    ['project:"web', 'a quote is not closed'],
    ['constructor:x', 'no field is called constructor'],
    ['is:toString', 'is: hit, error or live'],
  ])('says what is wrong with %s', (text, problem) => expect(parseFilter(text)).toEqual({ problem }));

  it('finds nothing in what is not known, and everything in its opposite', () => {
    const unknown = exampleRow({ costUsd: null, tokens: null, model: null });
    const parsed = parseFilter('-cost>0 -tokens>0 -model:x');
    expect('matches' in parsed && parsed.matches(unknown)).toBe(true);
  });

  it('never throws, whatever is typed', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const parsed = parseFilter(text);
        expect(typeof ('matches' in parsed ? parsed.matches(row) : parsed.problem)).toMatch(/boolean|string/);
      }),
    ));
});

describe('the chosen requests', () => {
  const rows = [
    exampleRow({ id: 'new', time: 3, costUsd: null }),
    exampleRow({ id: 'mid', time: 2, costUsd: 1 }),
    exampleRow({ id: 'old', time: 1, costUsd: 2, status: 500 }),
  ];
  const ids = (view: Partial<typeof firstView>): string[] =>
    chosenRequests(rows, { ...firstView, ...view }).map(({ id }) => id);

  it('stand newest first, and oldest first when reversed', () => {
    expect(ids({})).toEqual(['new', 'mid', 'old']);
    expect(ids({ reversed: true })).toEqual(['old', 'mid', 'new']);
  });

  it('stand last where the value is not known, either way round', () => {
    expect(ids({ sort: 'cost' })).toEqual(['old', 'mid', 'new']);
    expect(ids({ sort: 'cost', reversed: true })).toEqual(['mid', 'old', 'new']);
  });

  it('are all there when the filter cannot be read', () => expect(ids({ filter: 'status>=' })).toHaveLength(3));

  it('are those that the filter lets through', () => expect(ids({ filter: 'status:5xx' })).toEqual(['old']));
});
