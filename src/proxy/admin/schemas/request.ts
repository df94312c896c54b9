import { z } from 'zod';
import { dialects } from '../../dialect.ts';
import { attemptCauses } from '../../record.ts';
import { ms, name, outcome, picodollars, time, tokens, version } from './values.ts';

/** One call to a provider. */
export const attempt = z.strictObject({
  provider: z.string(),
  status: z.int().nullable(),
  outcome: outcome.nullable(),
  ms,
});

/** A finished request, the same wherever it is told of. */
export const request = z
  .strictObject({
    version,
    id: z.string(),
    time,
    provider: name,
    model: name.describe('That answered; the asked one where none did'),
    asked_model: name.describe('That the client named'),
    dialect: z.enum(dialects).nullable(),
    intent: z
      .enum(['generate', 'count', 'embed', 'list', 'file', 'batch', 'other'])
      .describe('What it is for, by its path'),
    key: name.describe('The name of the access key, never the key itself'),
    project: name.describe('By the `/p/NAME/` prefix or `x-tokenpak-project`'),
    session: name,
    agent: name.describe('The program that asked, as it calls itself'),
    stream: z.boolean(),
    tools: z.boolean().describe('Whether it offers the model tools'),
    turn: z.enum(['turn', 'subagent', 'side']).nullable().describe('Which kind of turn the agent says it is'),
    status: z.int().describe('0 where the client left before it got one'),
    outcome: outcome.nullable(),
    tokens: tokens.nullable(),
    cost_usd: z.number().nullable().describe('Null where it is not known'),
    cost_picodollars: picodollars.nullable(),
    unpriced_reason: z.string().optional().describe('Why the cost is not known'),
    exactness: z
      .enum(['exact', 'partial', 'estimated', 'subscription', 'unmetered'])
      .describe(
        "How far tokens and cost can be trusted. exact: the provider's own count. partial: cut short. estimated: counted by us. subscription: at list prices of what a plan already paid for. unmetered: the endpoint reports no usage",
      ),
    cache: name.describe('What the reply cache did; null where it had no part'),
    attempts: z.array(
      z.strictObject({
        ...attempt.shape,
        cost_usd: z.number().nullable(),
        model: z.string().optional().describe("That a route asked for instead of the request's own"),
        cause: z.enum(attemptCauses).optional().describe('Why another attempt followed it'),
      }),
    ),
    latency_ms: z.strictObject({
      read: ms.nullable().describe("Reading the request's body"),
      overhead: ms.nullable().describe('What tokenpak added'),
      first_byte: ms.nullable().describe('To the head of the answer'),
      total: ms.describe('To the last byte'),
    }),
  })
  .meta({ id: 'Request', description: 'A finished request, the same wherever it is told of' });
