import { z } from 'zod';
import { dialects } from '../dialect.ts';

/** A provider that the user configures; the built-in ones have the same shape. */
export const providerOptions = z.strictObject({
  baseUrl: z.string().describe('What stands before `/v1`; one that ends in a version takes the path without its own.'),
  dialects: z.array(z.enum(dialects)).min(1).describe('The wire formats that it speaks.'),
  apiKeyEnv: z
    .string()
    .optional()
    .describe('The environment variable that holds the key used when the client brings none; `none` for no key.'),
  apiKeyFile: z
    .string()
    .optional()
    .describe('A file that holds that key and nothing else, absolute or from `~/`; it stands before `apiKeyEnv`.'),
  moreKeyEnvs: z
    .array(z.string())
    .max(16)
    .optional()
    .describe('Variables that hold further keys: the next one is used while one is told to wait (429).'),
  local: z
    .boolean()
    .default(false)
    .describe('On this machine or network: it may resolve to private addresses, and costs nothing.'),
  insecure: z.boolean().default(false).describe('Allows `http://` to what is not local.'),
  proxy: z.string().optional().describe("An HTTP proxy's URL, or `env` for HTTPS_PROXY and NO_PROXY."),
});
export type ProviderOptions = z.infer<typeof providerOptions>;
