import { z } from 'zod';
import { limitScopes, rateExpectation, rateFrom } from '../quota.ts';

const rate = z
  .string()
  .refine((text) => rateFrom(text) !== null, rateExpectation)
  .meta({ examples: ['100/s', '400000/min'] });

export const limitOptions = z.strictObject({
  per: z
    .enum(limitScopes)
    .describe('Who has a limit of its own: each address, access key, project, model or provider.'),
  match: z.string().optional().describe('Only for names that this pattern fits; `*` is any text, `?` one character.'),
  requests: rate.optional().describe('How many requests may come in which time: `s`, `min`, `h` or `d`.'),
  tokens: rate
    .optional()
    .describe('The same for tokens: fresh input, cache writes and output. What is read from a prompt cache is free.'),
  concurrent: z.int().min(1).max(1_000_000).optional().describe('How many requests may be there at the same time.'),
  burst: z
    .int()
    .min(1)
    .max(1e12)
    .optional()
    .describe(
      'What may come at once after a pause, in requests, or in tokens where only those are limited; else one period’s amount.',
    ),
  shadow: z.boolean().default(false).describe('Refuses nothing, and only counts what it would have refused.'),
  name: z
    .string()
    .optional()
    .describe('Stands in refusals, `/stats` and metrics, and has to differ from that of other limits.'),
});
export type LimitOptions = z.infer<typeof limitOptions>;
