import { z } from 'zod';
import type { OwnPath } from './endpoint-list.ts';
import { health } from './schemas/health.ts';
import { request } from './schemas/request.ts';
import { block, snapshot } from './schemas/snapshot.ts';
import { trace, traceSummary } from './schemas/trace.ts';
import { count, picodollars, time, tokens, version } from './schemas/values.ts';

// The shapes of all that the own endpoints answer, for the documentation and for tests: answers are not checked when
// they are given.

const about = z.strictObject({
  name: z.string(),
  version: z.string(),
  endpoints: z.array(z.strictObject({ path: z.string(), summary: z.string() })),
});

const life = z.strictObject({ status: z.enum(['ok', 'draining']) });

/** What each endpoint answers in JSON. */
export const answerSchemas = {
  '/': about,
  '/api/hello': about,
  '/health': health,
  '/livez': life,
  '/readyz': life,
  '/stats': snapshot,
  '/stats/last': request,
  '/stats/session': z.strictObject({
    version,
    instance: z.string(),
    session: z.string().nullable().describe('Null: the whole run'),
    seconds: z.number().min(0).optional().describe('Of the run; not told of a session'),
    ...block,
  }),
  '/recent': z.strictObject({ version, requests: z.array(request) }),
  '/traces': z.strictObject({ version, traces: z.array(z.strictObject(traceSummary)) }),
  '/trace/{id}': trace,
} as const satisfies Partial<Record<OwnPath, z.ZodType>>;

/** The data of each event of `/events`. */
export const eventSchemas = {
  hello: snapshot.describe('The snapshot, once, at first'),
  started: request
    .pick({ version: true, id: true, time: true, provider: true, model: true, asked_model: true, dialect: true })
    .extend(request.pick({ intent: true, project: true, session: true, agent: true, stream: true }).shape)
    .describe('A request began'),
  progress: z
    .strictObject({
      version,
      id: z.string(),
      tokens,
      cost_usd: z.number().nullable(),
      cost_picodollars: picodollars.nullable(),
    })
    .describe('How far a request has come: four times a second at most, and only when something changed'),
  ended: request.describe('A request is over: the request'),
  notice: z
    .strictObject({
      version,
      time,
      code: z.string().describe('`circuit`, `budget`, `overload`, `reload` or `skipped`; there may be more'),
      message: z.string(),
      skipped: count
        .nullable()
        .describe('Events that were left out, with the code `skipped`: there is room for 50 in 100 ms'),
    })
    .describe('Something that is no request'),
} as const;
