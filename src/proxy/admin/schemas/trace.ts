import { z } from 'zod';
import { attempt } from './request.ts';
import { ms, name, outcome, time, version } from './values.ts';

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
});
