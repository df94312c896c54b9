import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestRecord } from '../../../test/support/request-record.ts';
import type { JsonObject } from '../json.ts';
import type { Outcome, RequestRecord } from '../record.ts';
import type { Cost } from '../token-counter/cost.ts';
import type { Exactness } from '../token-counter/usage.ts';
import { contributionFrom, contributionOf } from './contribution.ts';
import { endMembers } from './members.ts';

const name = fc.option(fc.string({ unit: 'binary', maxLength: 300 }));
const count = fc.nat({ max: 2 ** 40 });
const tokens = fc.record({
  input: count,
  cacheRead: count,
  cacheWrite: count,
  cacheWrite1h: count,
  output: count,
  reasoning: count,
});
const cost: fc.Arbitrary<Cost> = fc.oneof(
  fc.record({
    picodollars: fc.maxSafeNat(),
    savedPicodollars: fc.maxSafeInteger(),
    unpricedReason: fc.constant(null),
  }),
  fc.record({
    picodollars: fc.constant(null),
    savedPicodollars: fc.constant(null),
    unpricedReason: fc.string(),
  }),
);
const outcome = fc.constantFrom<Outcome>('ok', 'upstream_error', 'upstream_timeout', 'rejected_auth', 'client_abort');
const exactness = fc.constantFrom<Exactness>('exact', 'partial', 'estimated', 'subscription', 'unmetered');

const record: fc.Arbitrary<RequestRecord> = fc
  .record({
    time: fc.integer({ min: 0, max: 8_640_000_000_000_000 }),
    model: name,
    provider: fc.constantFrom(null, 'openai', 'loopback'),
    project: name,
    tokens: fc.option(tokens),
    attempts: fc.constantFrom([], requestRecord().attempts),
    cost,
    outcome,
    exactness,
    usage: fc.option(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 2 }))),
  })
  .map(({ project, usage, ...facts }) => {
    const evidence = usage && { usage: usage as JsonObject, mode: null, geo: null };
    return requestRecord({
      ...facts,
      ...(evidence && { evidence }),
      caller: { ...requestRecord().caller, project },
    });
  });

describe('what a request adds to the totals', () => {
  it('is the same when it is read back from its line', () => {
    fc.assert(
      fc.property(record, (made) => {
        const members = JSON.parse(`{${endMembers(made)}}`) as JsonObject;
        expect(contributionFrom(members)).toEqual(contributionOf(made));
      }),
    );
  });

  it.each<[string, JsonObject]>([
    ['no request', { saved: null }],
    ['no time', { saved: null, request: { ...readable(), time: 'yesterday' } }],
    ['a cost in floating point', { saved: null, request: { ...readable(), cost_picodollars: 0.5 } }],
    ['negative tokens', { saved: null, request: { ...readable(), tokens: { input: -1 } } }],
  ])('is nothing where a line has %s', (_, members) => {
    expect(contributionFrom(members)).toBeNull();
  });
});

function readable(): JsonObject {
  return (JSON.parse(`{${endMembers(requestRecord())}}`) as { request: JsonObject }).request;
}
