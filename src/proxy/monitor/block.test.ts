import { describe, expect, it } from 'vitest';
import { requestRecord } from '../../../test/support/request-record.ts';
import { measure } from './measured.ts';
import { Block } from './block.ts';

function blockOf(...records: ReturnType<typeof requestRecord>[]): Block {
  const block = new Block();
  for (const record of records) block.add(measure(record, false));
  return block;
}

const unknownPrice = { picodollars: null, savedPicodollars: null, unpricedReason: 'unknown model' } as const;

describe('a block', () => {
  it('counts requests, tokens, money and latencies', () => {
    const json = blockOf(requestRecord(), requestRecord()).toJson();
    expect(json).toMatchObject({
      requests: 2,
      errors: 0,
      tokens: { input: 20, cache_read: 200, cache_write: 40, cache_write_1h: 10, output: 100, reasoning: 14 },
      cost_usd: 0.006,
      cost_picodollars: '6000000000',
      saved_usd: 0.002,
      saved_picodollars: '2000000000',
      unpriced: 0,
      estimated: 0,
    });
    expect(json.latency_ms.overhead?.max).toBe(2);
    expect(json.latency_ms.first_byte?.max).toBe(61);
    expect(json.latency_ms.total?.max).toBe(100);
  });

  it('counts a request of unknown price apart from the money', () => {
    const json = blockOf(requestRecord(), requestRecord({ cost: unknownPrice })).toJson();
    expect(json).toMatchObject({ requests: 2, unpriced: 1, cost_usd: 0.003 });
  });

  it('misses no price of a request that went to no provider', () => {
    const json = blockOf(requestRecord({ cost: unknownPrice, attempts: [], outcome: 'rejected_overload' })).toJson();
    expect(json).toMatchObject({ requests: 1, errors: 1, unpriced: 0 });
  });

  it('says how many requests we counted ourselves', () => {
    expect(blockOf(requestRecord(), requestRecord({ exactness: 'estimated' })).toJson().estimated).toBe(1);
  });

  it('lets a cache that cost more than it saved show as negative', () => {
    const cost = { picodollars: 5, savedPicodollars: -2_000_000_000_000, unpricedReason: null };
    expect(blockOf(requestRecord({ cost })).toJson().saved_usd).toBe(-2);
  });

  it('has no first byte of an exchange that never got one', () => {
    const marks = { received: 1, bodyRead: 2, sent: 3, providerReady: 0, replied: 0, ended: 9 };
    const json = blockOf(requestRecord({ marks, outcome: 'client_abort', status: 0, tokens: null })).toJson();
    expect(json.latency_ms.first_byte).toBeNull();
    expect(json.latency_ms.total?.max).toBe(8);
  });

  it('merged from two is the block of all their requests', () => {
    const failed = requestRecord({ outcome: 'upstream_timeout', tokens: null, cost: unknownPrice });
    const merged = blockOf(requestRecord(), failed);
    merged.merge(blockOf(requestRecord()));
    expect(merged.toJson()).toEqual(blockOf(requestRecord(), failed, requestRecord()).toJson());
    expect(merged.toJson().errors).toBe(1);
  });

  it('shows what was added after it was last shown', () => {
    const block = blockOf(requestRecord());
    expect(block.toJson().requests).toBe(1);
    block.add(measure(requestRecord(), false));
    expect(block.toJson().requests).toBe(2);
  });

  it('is as new once cleared', () => {
    const block = blockOf(requestRecord({ outcome: 'internal_error', cost: unknownPrice }));
    block.clear();
    expect(block.toJson()).toEqual(new Block().toJson());
  });
});
