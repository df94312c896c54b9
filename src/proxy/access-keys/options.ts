import { z } from 'zod';

/** Whether requests need an access key. */
export const keysOption = z
  .enum(['optional', 'required'])
  .default('optional')
  .describe('Whether every request needs an access key, as `tokenpak keys create` makes them.');
export type KeysOption = z.infer<typeof keysOption>;
