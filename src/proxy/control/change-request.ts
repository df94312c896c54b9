import { z } from 'zod';
import type { Change } from '../change.ts';

const name = z.string().min(1).max(64);
const subject = z.string().min(1).max(512).nullable();

/** The bodies of the requests that change something, by method and path. */
const changes: Readonly<Record<string, z.ZodType<Change>>> = {
  'POST /breaker': z
    .strictObject({ name: z.string().min(1).max(512), to: z.enum(['open', 'close', 'auto']) })
    .transform((body) => ({ kind: 'breaker' as const, ...body })),
  'POST /registry': z.strictObject({}).transform(() => ({ kind: 'registry' as const })),
  'POST /budget': z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('budget-set'), budget: z.unknown() }),
    z.strictObject({ kind: z.literal('budget-remove'), name }),
    z.strictObject({ kind: z.literal('budget-allow'), name, subject, once: z.number().positive() }),
    z.strictObject({ kind: z.literal('budget-reset'), name, subject }),
  ]),
};

/** What is to change. Null for a request that changes nothing of this kind; `wrong` for a body that does not say it. */
export function changeFrom(request: string, body: string): Change | 'wrong' | null {
  const schema = Object.hasOwn(changes, request) ? changes[request] : undefined;
  if (!schema) return null;
  try {
    return schema.parse(JSON.parse(body));
  } catch {
    return 'wrong';
  }
}
