import { z } from 'zod';

/** Names for models: what a client asks for, and what the provider is asked for instead. */
export const aliasOptions = z
  .record(z.string(), z.string().min(1))
  .default({})
  .describe('Names for models: a request for the name asks the provider for the model, which may be another alias.');
