import { z } from 'zod';
import type { Ratios } from './ratios.ts';

const ratio = z.strictObject({ median: z.number().positive(), low: z.number(), high: z.number() });

/** `docs/baseline.json`: the ratios to the bare relay, and where they were measured. */
const baselineSchema = z.strictObject({
  version: z.literal(1),
  /** ISO 8601. */
  at: z.string(),
  machine: z.strictObject({
    cpu: z.string(),
    cores: z.int(),
    memory_mb: z.int(),
    platform: z.string(),
    node: z.string(),
  }),
  /** Of the sources; null where they were no git checkout. */
  commit: z.string().nullable(),
  pairs: z.int(),
  ratios: z.strictObject({ cpu_time: ratio.nullable(), p50: ratio.nullable(), p99: ratio.nullable() }),
});
export type Baseline = z.infer<typeof baselineSchema>;

/** @throws Error that says what is wrong with the text */
export function parseBaseline(text: string): Baseline {
  const checked = baselineSchema.safeParse(JSON.parse(text));
  if (checked.success) return checked.data;
  throw new Error(`not a baseline: ${z.prettifyError(checked.error)}`);
}

/** A tenth of a per cent is more than any run can tell. */
function rounded(ratios: Ratios): Baseline['ratios'] {
  const round = (value: number): number => Math.round(value * 1000) / 1000;
  const each = (name: keyof Ratios) => {
    const found = ratios[name];
    return found && { median: round(found.median), low: round(found.low), high: round(found.high) };
  };
  return { cpu_time: each('cpu_time'), p50: each('p50'), p99: each('p99') };
}

export function createBaseline(ratios: Ratios, about: Omit<Baseline, 'version' | 'ratios'>): Baseline {
  return { version: 1, ...about, ratios: rounded(ratios) };
}
