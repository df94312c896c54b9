import { z } from 'zod';

/** How long a provider may take; milliseconds, 0 = no limit. */
export const deadlineOptions = z.strictObject({
  connectMs: z.int().min(1).default(5000).describe('To accept a connection.'),
  firstByteMs: z.int().min(0).default(300_000).describe('To begin a streamed reply.'),
  firstBytePlainMs: z
    .int()
    .min(0)
    .default(600_000)
    .describe('To begin a reply that is not streamed: the provider thinks before it answers.'),
  idleMs: z.int().min(0).default(280_000).describe('Between two pieces of a reply.'),
  totalMs: z.int().min(0).default(0).describe('For the whole exchange.'),
});
export type DeadlineOptions = z.infer<typeof deadlineOptions>;

export const upstreamRetriesOption = z
  .int()
  .min(0)
  .max(3)
  .default(0)
  .describe(
    'How often a request is repeated that a provider answers with 502, 503, 504 or 529. Clients do that by themselves; what a broken connection kept from being sent is always sent once more.',
  );
