import { z } from 'zod';
import { dialects } from '../dialect.ts';
import { attemptCauses, intentKinds, type AttemptCause } from '../record.ts';

const choices = ['order', 'weight', 'latency', 'inFlight', 'cost'] as const;
export type Choose = (typeof choices)[number];

const glob = z.string().min(1).max(256);
const bytes = z.int().min(0);

const matchOptions = z.strictObject({
  model: glob.optional().describe('A glob over the model, aliases resolved: `claude-*`.'),
  dialect: z.enum(dialects).optional().describe('The wire format of the request.'),
  intent: z.enum(intentKinds).optional().describe('What the request is for.'),
  key: glob.optional().describe('A glob over the name of the access key.'),
  project: glob.optional().describe('A glob over the project.'),
  header: z.record(z.string(), glob).optional().describe('Globs over the values of request headers, by their names.'),
  minBodyBytes: bytes.optional().describe('The body is at least so large.'),
  maxBodyBytes: bytes.optional().describe('The body is at most so large.'),
  time: z
    .string()
    .optional()
    .describe("Times of day by the machine's clock, such as `09:00-17:30`; they may pass midnight."),
});
export type MatchOptions = z.infer<typeof matchOptions>;

const targetOptions = z.union([
  z.string(),
  z.strictObject({
    provider: z.string(),
    model: z.string().min(1).max(256).optional().describe('Asked for instead of the model of the request.'),
    weight: z.number().min(0).max(1_000_000).optional().describe('Its share where targets are chosen by weight.'),
  }),
]);

const causeOption = z.union([z.literal(429), z.enum(attemptCauses).exclude(['429'])]);

/** Where requests go that name no provider themselves: the first rule that fits decides. */
export const routesOption = z
  .array(
    z.strictObject({
      match: matchOptions.prefault({}).describe('What a request must be for the rule to decide. All of it must fit.'),
      targets: z
        .array(targetOptions)
        .min(1)
        .max(16)
        .describe('Providers, by name or as a mapping of provider, model and weight. At most 3 are tried.'),
      choose: z.enum(choices).default('order').describe('How the first of them is chosen.'),
      failoverOn: z
        .array(causeOption)
        .default(['connect', 'timeout', '5xx', 'overloaded', 'open'])
        .describe("After what the next one is tried: before the client's first byte only."),
      firstTokenMs: z
        .int()
        .min(1)
        .optional()
        .describe('How long a stream may take to its first event, in milliseconds; later is a timeout.'),
      sticky: z
        .enum(['session', 'off'])
        .default('off')
        .describe('`session`: a session stays where it is, so that the cache of its prompts stays warm.'),
    }),
  )
  .max(256)
  .default([])
  .describe('Where requests go that name no provider themselves: the first rule that fits decides.');
export type RouteOptions = z.infer<typeof routesOption>[number];

export function causesOf(failoverOn: RouteOptions['failoverOn']): ReadonlySet<AttemptCause> {
  return new Set(failoverOn.map((cause) => (cause === 429 ? '429' : cause)));
}

export interface TargetOptions {
  readonly provider: string;
  readonly model: string | null;
  readonly weight: number;
}

export function targetOf(option: RouteOptions['targets'][number]): TargetOptions {
  if (typeof option === 'string') return { provider: option, model: null, weight: 1 };
  return { provider: option.provider, model: option.model ?? null, weight: option.weight ?? 1 };
}
