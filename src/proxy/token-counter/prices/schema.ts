import { z } from 'zod';
import type { PriceRow } from './price-row.ts';

const decimal = z
  .string()
  .regex(/^\d{1,7}(\.\d{1,6})?$/, 'expected a decimal in quotes, such as "1.25", with at most six decimals');
const day = z.iso.date('expected a day, such as 2026-12-01');
const tokens = z.int().min(0);

const tier = z.strictObject({
  above: tokens,
  input: decimal,
  cache_read: decimal.nullable(),
  cache_write: decimal.nullable(),
  cache_write_1h: decimal.nullable(),
  output: decimal,
  input_audio: decimal.optional(),
});

const datedMultiplier = z.strictObject({
  from: day.optional(),
  to: day.optional(),
  multiplier: decimal,
  estimated: z.boolean().optional(),
});

/** A row of a price file. */
export const priceRow: z.ZodType<PriceRow> = z
  .strictObject({
    provider: z.string().min(1),
    id: z.string().min(1),
    aliases: z.array(z.string().min(1)).optional(),
    from: day.nullable(),
    to: day.nullable(),
    tiers: z.array(tier),
    modes: z.record(z.string(), z.union([decimal, z.null(), z.array(datedMultiplier).min(1)])).optional(),
    geo: z.record(z.string(), decimal).optional(),
    tools: z.strictObject({ web_search_per_1k: decimal.optional(), file_search_per_1k: decimal.optional() }).optional(),
    demo: z.boolean().optional(),
    source: z.string().max(80).optional(),
    note: z.string().max(400).optional(),
  })
  .refine(({ from, to }) => from === null || to === null || from < to, {
    path: ['to'],
    error: 'expected a day after `from`',
  })
  .refine(({ tiers }) => tiers[0]?.above === 0, { path: ['tiers'], error: 'expected the first tier to be above 0' })
  .refine(({ tiers }) => tiers.every(({ above }, index) => index === 0 || above > (tiers[index - 1]?.above ?? 0)), {
    path: ['tiers'],
    error: 'expected tiers in rising order of `above`',
  });

/** A price file but for its rows, which are judged one by one. */
export const priceFile = z.strictObject({ version: z.literal(1), as_of: day, rows: z.array(z.unknown()) });
