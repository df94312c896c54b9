import { z } from 'zod';

/** As many failures are remembered one by one. */
export const maxFailures = 64;

const seconds = z.int().min(1).max(86_400);

/** When a provider, or one of its models, is left alone because it fails. */
export const breakerOptions = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether any provider is ever left alone.'),
  failures: z
    .int()
    .min(1)
    .max(maxFailures)
    .default(5)
    .describe(`So many failures within the window open the circuit; at most ${maxFailures}.`),
  windowSeconds: seconds.default(60).describe('How long a failure counts.'),
  recoverySeconds: seconds.default(60).describe('How long an open circuit lets nothing pass, up to 10 % more.'),
  minFailureRatio: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('The share of failures that it takes as well, unless the last `failures` requests all failed.'),
  growth: z.boolean().default(false).describe('Doubles the recovery time each time that trying again fails.'),
  maxRecoverySeconds: seconds.default(300).describe('The longest recovery time that growth leads to.'),
  probeSeconds: seconds
    .default(30)
    .describe('How long the one request that tries the provider again may take to the first byte of its answer.'),
  slowMs: z
    .int()
    .min(1)
    .default(60_000)
    .describe('An answer that begins later than this counts as slow; milliseconds.'),
  slowRatio: z
    .union([z.number().min(0).max(1), z.literal('off')])
    .default('off')
    .describe('The share of slow answers that opens the circuit, once there are `failures` of them; `off`: never.'),
});
export type BreakerOptions = z.infer<typeof breakerOptions>;
