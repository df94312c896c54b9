import { describe, expect, it } from 'vitest';
import { priceCeiling } from './ceiling.ts';
import { priceTable } from './price-table.ts';

const tier = { above: 0, input: '1', cache_read: '0.1', cache_write: '1.25', cache_write_1h: '2', output: '5' };
const ceilingOf = priceCeiling(
  priceTable([
    {
      ...{ provider: 'p', id: 'm', from: null, to: null },
      tiers: [tier, { ...tier, above: 1000, input: '4', output: '9' }],
      modes: { flex: '0.5', priority: '2' },
      geo: { us: '1.1' },
    },
    { provider: 'p', id: 'plain', from: null, to: null, tiers: [tier] },
  ]),
);
const asked = { provider: 'p', local: false, model: 'plain', wallMs: 0, mode: null, promptTokens: 10 };

describe('the most that a token can cost', () => {
  it.each([
    ['the dearest class of input', {}, { input: 2_000_000, output: 5_000_000 }],
    ['the dearest place', { model: 'm' }, { input: 2_200_000, output: 5_500_000 }],
    ['the tier of a long prompt', { model: 'm', promptTokens: 1001 }, { input: 4_400_000, output: 9_900_000 }],
    ['the service tier that is asked for', { model: 'm', mode: 'priority' }, { input: 4_400_000, output: 11_000_000 }],
    ['no less for a cheaper one', { model: 'm', mode: 'flex' }, { input: 2_200_000, output: 5_500_000 }],
    ['the ordinary one where the row does not know it', { mode: 'auto' }, { input: 2_000_000, output: 5_000_000 }],
    ['nothing where it is local', { local: true, model: 'unknown' }, { input: 0, output: 0 }],
  ])('is that of %s', (_, more, ceiling) => {
    expect(ceilingOf({ ...asked, ...more })).toEqual(ceiling);
  });

  it('is not known without a row', () => {
    expect(ceilingOf({ ...asked, model: 'unknown' })).toBeNull();
    expect(ceilingOf({ ...asked, model: null })).toBeNull();
  });
});
