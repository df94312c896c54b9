import { z } from 'zod';

export const usageOption = z
  .enum(['inject', 'asIs'])
  .default('inject')
  .describe(
    '`inject` asks the provider named openai for the usage of Chat streams where the client did not, and takes the answer to that out again; `asIs` leaves requests alone.',
  );
export type UsageOption = z.infer<typeof usageOption>;
