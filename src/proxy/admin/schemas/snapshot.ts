import { z } from 'zod';
import { budgetModes, budgetScopes, budgetWindows, limitScopes } from '../../quota.ts';
import { count, ms, outcome, picodollars, time, tokens, version } from './values.ts';

const quantiles = z
  .strictObject({ p50: ms, p95: ms, p99: ms, p999: ms, max: ms })
  .meta({ id: 'Quantiles', description: 'Milliseconds, within 0.8 %; null wherever nothing was measured' });

const totals = {
  requests: count.describe('To forwarded endpoints, finished'),
  errors: count.describe('Answered with an error of our own, refusals that the user configured left out'),
  tokens,
  cost_usd: z
    .number()
    .describe('Of the requests whose price is known; play money of the loopback provider is left out'),
  cost_picodollars: picodollars,
  saved_usd: z.number().describe('By the prompt cache: uncached price less what was paid. May be negative'),
  saved_picodollars: picodollars,
  unpriced: count.describe('Requests whose cost is not known, and not in the sums'),
  estimated: count.describe('Requests whose tokens we counted ourselves, since the provider did not say'),
};

const latency = z
  .strictObject({
    overhead: quantiles.nullable().describe('What tokenpak added'),
    first_byte: quantiles.nullable().describe("From the request's head to the first byte of the answer"),
    total: quantiles.nullable().describe('To the last byte'),
  })
  .meta({ id: 'Latency', description: 'Where the time of some requests went' });

/** Members of a block: counters, money and latencies of some requests. */
export const block = { ...totals, latency_ms: latency };
const seconds = z.number().min(0).describe('What it really covers: rates are to be taken over these');
const window = z
  .strictObject({ seconds, ...block })
  .meta({ id: 'Window', description: 'What the requests of a span of time came to' });
const named = z.record(
  z.string(),
  z.strictObject(block).meta({ id: 'Block', description: 'What the requests under one name came to' }),
);

const quota = z.strictObject({
  name: z.string().describe('As it calls the limit: `requests`, `input-tokens`, `5h`, …'),
  used: z.number().min(0).max(1).nullable().describe('The share of it; null where it is not known'),
  limit: z.number().min(0).nullable(),
  remaining: z.number().min(0).nullable(),
  resets: time.nullable(),
});
const provider = z
  .strictObject({
    requests: count.describe('Calls; a request may make several'),
    errors: count.describe('Calls that it failed, or could not be reached for'),
    in_flight: count,
    last_outcome: outcome.nullable(),
    last_error_time: time.nullable(),
    quota: z
      .array(quota)
      .max(8)
      .describe('Its own limits, as the headers of its answers told last; empty where they did not'),
    latency_ms: quantiles.nullable().describe('Of whole calls'),
  })
  .meta({ id: 'Provider', description: 'How the calls to one provider went' });

const limit = z
  .strictObject({
    name: z.string().describe('`access key` stands for the limits of all access keys together'),
    per: z.enum(limitScopes),
    match: z.string().nullable(),
    requests: z.string().nullable().describe('As `100/s`; null where they are not limited'),
    tokens: z.string().nullable(),
    concurrent: count.nullable(),
    burst: count.nullable(),
    shadow: z.boolean(),
    passed: count,
    refused: count,
    shadow_refused: count.describe('What it would have refused'),
    subjects: count.describe('Those that have buckets of their own; 100,000 at most, all else shares one'),
    in_flight: count.nullable().describe('Null where neither concurrency nor tokens are limited'),
    scarcest: z
      .array(
        z.strictObject({
          subject: z.string().describe('An address, key, project, model or provider; `none`: those without one'),
          requests_left: z.int().nullable(),
          tokens_left: z.int().nullable().describe('Negative after more was used than there was'),
          in_flight: count,
        }),
      )
      .describe('The five that have the least left'),
  })
  .meta({
    id: 'Limit',
    description: 'How a limit is. Counters add up over several proxies; each has buckets of its own',
  });
const amount = z.number();
const budget = z
  .strictObject({
    name: z.string(),
    per: z.enum(budgetScopes),
    match: z.string().nullable(),
    unit: z.enum(['usd', 'tokens']).describe('Of all amounts here'),
    limit: amount.describe('What each subject may spend'),
    window: z.enum(budgetWindows),
    mode: z.enum(budgetModes),
    subjects: count.describe('That have an account in the window that it is now'),
    spent: amount.describe('By all of them'),
    refused: count,
    would_refuse: count.describe('Let pass by a soft or shadow budget where a hard one would have refused'),
    overshot: count.describe('Requests that came to more than was held for them'),
    accounts: z
      .array(
        z.strictObject({
          subject: z.string(),
          spent: amount,
          reserved: amount.describe('Held for requests on their way'),
          granted: amount.describe('What may be spent once on top'),
          left: amount,
          used: amount.describe('The share of what may be spent; 1 is all'),
          resets: z.string().nullable().describe('Local time; null where no date ends it'),
        }),
      )
      .describe('The 20 subjects that have used the largest share'),
  })
  .meta({ id: 'Budget', description: 'How a budget stands; counts are of this run' });

/** The snapshot: `/stats`, and the first event of `/events`. */
export const snapshot = z
  .strictObject({
    version,
    instance: z.string(),
    time,
    run: window.describe('Since this process started'),
    today: z
      .strictObject(totals)
      .meta({ id: 'Totals', description: 'A block without latencies' })
      .nullable()
      .describe(
        "By the machine's time zone, earlier runs included; null while it is not known. Latencies are not kept",
      ),
    windows: z
      .strictObject({ '1m': window, '5m': window, '15m': window, '1h': window, '24h': window })
      .describe('Of this run: the last minute to the second, up to an hour to the minute, a day to the hour'),
    by: z
      .strictObject({ model: named, provider: named, project: named, session: named, agent: named })
      .describe('Blocks by name, of this run; the 256 most recently seen of each, all else under `other`'),
    providers: z.record(z.string(), provider).describe('By name'),
    limits: z.array(limit).describe('In the order of the configuration'),
    budgets: z.array(budget),
    in_flight: count,
  })
  .meta({ id: 'Snapshot', description: 'The state of the whole proxy at one moment' });
