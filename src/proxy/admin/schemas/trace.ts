import { z } from 'zod';
import { attempt } from './request.ts';
import { count, ms, name, outcome, picodollars, time, version } from './values.ts';

/** Members of a request in the list of traces. */
export const traceSummary = {
  id: z.string(),
  time,
  method: z.string(),
  path: z.string().describe('Without its query'),
  provider: name,
  model: name,
  status: z.int(),
  outcome: outcome.nullable(),
  total_ms: ms,
};
const headers = z.array(z.tuple([z.string(), z.string()]));
const mark = (meaning: string): z.ZodType => ms.nullable().describe(meaning);

/** `/trace/{id}`. */
export const trace = z.strictObject({
  version,
  ...traceSummary,
  error_code: z.string().nullable().describe('As in `x-tokenpak-error`'),
  stages: z.array(
    z.strictObject({
      stage: z.string(),
      entered_ms: ms.describe('Since the head was received'),
      ms: ms.describe('Until it handed the request on'),
    }),
  ),
  marks_ms: z
    .strictObject({
      body_read: mark('Its body was complete'),
      sent: mark("It was handed to the provider's connection, the last attempt's"),
      provider_ready: mark('Enough of the answer was there for ours to begin'),
      replied: mark('Our answer began'),
      ended: mark('The last byte was sent, or the client gone'),
    })
    .describe('Since the head was received; null where it did not come that far'),
  attempts: z.array(attempt),
  headers: z
    .strictObject({
      request: headers.describe("The client's own, names and values"),
      response: headers.describe("The provider's, of the last attempt"),
    })
    .nullable()
    .describe(
      'Values only of headers that are known to hold no credential, of all others `[redacted]`; 64 of each, cut at 256 characters. Null where they came to more than 16 KiB',
    ),
  cost_parts: z
    .array(
      z.strictObject({
        class: z.enum(['input', 'cache_read', 'cache_write', 'cache_write_1h', 'output']),
        tokens: count,
        cost_usd: z.number(),
        cost_picodollars: picodollars,
      }),
    )
    .nullable()
    .describe(
      'What each class of tokens came to, where there were any: together the cost exactly. `cache_write` is without those of the long lifetime. Null where it cannot be told exactly: tools, audio or several models were billed, or the price is not known any more',
    ),
});
