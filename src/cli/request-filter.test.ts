import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FilteredRequest, requestFilter, statusFilterFrom } from './request-filter.ts';

const request: FilteredRequest = {
  time: '2026-11-22T12:04:29.000Z',
  model: 'claude-sonnet-4-6',
  asked_model: 'fast',
  session: 'S-1',
  project: null,
  status: 200,
};

describe('the choice of requests', () => {
  it.each([
    [{}, true],
    [{ model: 'SONNET' }, true],
    [{ model: 'fast' }, true],
    [{ model: 'gpt' }, false],
    [{ session: 's-' }, true],
    [{ project: '' }, false],
    [{ since: Date.parse(request.time) }, true],
    [{ since: Date.parse(request.time) + 1 }, false],
    [{ model: 'sonnet', session: 's-2' }, false],
    [{ status: statusFilterFrom('2xx') }, true],
    [{ status: statusFilterFrom('>=400') }, false],
  ])('%#: %j is %s', (options, isWanted) => expect(requestFilter(options)(request)).toBe(isWanted));

  it('knows statuses by number, by hundred and by comparison', () => {
    const status = fc.integer({ min: 0, max: 599 });
    fc.assert(
      fc.property(status, status, (one, other) => {
        expect(statusFilterFrom(String(other))(one)).toBe(one === other);
        expect(statusFilterFrom(`>=${other}`)(one)).toBe(one >= other);
        expect(statusFilterFrom(`<=${other}`)(one)).toBe(one <= other);
        expect(statusFilterFrom(`>${other}`)(one)).toBe(one > other);
        expect(statusFilterFrom(`<${other}`)(one)).toBe(one < other);
        expect(statusFilterFrom('5XX')(one)).toBe(one >= 500);
      }),
    );
  });

  it.each(['', '6xx', 'xx', '5x', '1000', '=>400', '>= 400', 'ok', '-1'])('has no status %j', (text) =>
    expect(() => statusFilterFrom(text)).toThrow('Expected a status'),
  );
});
