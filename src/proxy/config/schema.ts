import { z } from 'zod';
import { keysOption } from '../access-keys/options.ts';
import { breakerOptions } from '../circuit-breaker/options.ts';
import { budgetOptions } from '../budgets/options.ts';
import { ledgerOptions } from '../ledger/options.ts';
import { providerOptions } from '../provider-router/options.ts';
import { routesOption } from '../provider-router/route-options.ts';
import { limitOptions } from '../rate-limiter/options.ts';
import { aliasOptions } from '../request-router/options.ts';
import { capacityOptions, clientDeadlineOptions, listenOptions } from '../server/options.ts';
import { usageOption } from '../token-counter/options.ts';
import { deadlineOptions, upstreamRetriesOption } from '../upstream/options.ts';

const logLevels = ['error', 'warn', 'info', 'debug'] as const;

const logOptions = z.strictObject({
  level: z.enum(logLevels).default('info').describe('The least severe messages that are shown.'),
  file: z
    .string()
    .optional()
    .describe(
      'A log file, absolute or from `~/`. Without it, only a detached proxy writes one, in the state directory.',
    ),
});

/** `tokenpak.yaml`: each part is described by the component that reads it. */
export const configSchema = z.strictObject({
  listen: listenOptions.prefault({}).describe('Where tokenpak listens.'),
  capacity: capacityOptions.prefault({}).describe('How much is taken on at once.'),
  client: clientDeadlineOptions.prefault({}).describe('How long a client may take, in milliseconds.'),
  deadlines: deadlineOptions.prefault({}).describe('How long a provider may take, in milliseconds; 0 is no limit.'),
  upstreamRetries: upstreamRetriesOption,
  drainSeconds: z
    .number()
    .min(0)
    .max(3600)
    .default(10)
    .describe('How long requests in flight may go on when tokenpak is told to stop.'),
  keys: keysOption,
  usage: usageOption,
  aliases: aliasOptions,
  providers: z
    .record(z.string(), providerOptions)
    .default({})
    .describe('Providers by name. Of a built-in one only what differs needs to be set.'),
  limits: z
    .array(limitOptions)
    .max(100)
    .default([])
    .describe('How fast requests and tokens may come, and how many at a time: a list.'),
  routes: routesOption,
  breaker: breakerOptions
    .prefault({})
    .describe('When a provider, or one of its models, is left alone because it fails.'),
  budgets: budgetOptions,
  ledger: ledgerOptions.prefault({}).describe('How long the record of requests is kept.'),
  metrics: z.enum(['on', 'off']).default('on').describe('Whether histograms are kept for `/metrics` and `/stats`.'),
  log: logOptions.prefault({}).describe('What is logged, and where.'),
  prices: z
    .string()
    .optional()
    .describe('A file with price rows of your own, absolute or from `~/`; they stand before the shipped ones.'),
  proxy: z
    .string()
    .optional()
    .describe('An HTTP proxy for every provider that is not local: its URL, or `env` for HTTPS_PROXY and NO_PROXY.'),
});

/** The file's content, checked and with every default filled in. */
export type Settings = z.infer<typeof configSchema>;

/** Parts that later versions will read: a file written for one of those deserves better than "unknown key". */
export const laterKeys: ReadonlySet<string> = new Set(['cache', 'projects']);
