import { z } from 'zod';

export const ledgerOptions = z.strictObject({
  retentionDays: z.int().min(1).default(90).describe('Segments older than this fold into daily totals.'),
  retentionBytes: z
    .int()
    .min(1024 * 1024)
    .default(1024 * 1024 * 1024)
    .describe('So do the oldest ones when all together are larger than this.'),
});
export type LedgerOptions = z.infer<typeof ledgerOptions>;
