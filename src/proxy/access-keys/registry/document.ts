import { z } from 'zod';
import { budgetsFrom } from './budget-text.ts';
import { limitsFrom } from './limit-text.ts';
import { digestBytes } from '../key.ts';

/** More would neither fit into the file nor into memory without notice. */
export const maxKeys = 500_000;

export const keyName = /^(?!tpk_)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const when = z.iso.datetime();
const digest = z.base64().length(44);

/** A replaced key that still works for a while. */
const retiring = z.strictObject({ index: z.int().min(0), digest, until: when });

const entry = z
  .strictObject({
    name: z.string().regex(keyName, 'expected letters, digits, dots, dashes and underscores'),
    created: when,
    expires: when.nullable(),
    /** How many keys it stands for: made together, with the same settings. */
    count: z.int().min(1).max(maxKeys),
    /** Their SHA-256, one behind the other; empty where all are revoked. */
    digests: z.base64(),
    /** Which of them are revoked: their places, or all. */
    revoked: z.union([z.literal('all'), z.array(z.int().min(0))]),
    retiring: z.array(retiring),
    /** Globs; null for every model. */
    models: z.array(z.string().min(1)).min(1).readonly().nullable(),
    /** As the user wrote them. */
    limits: z.string().nullable(),
    budgets: z.array(z.string()).readonly(),
    project: z.string().min(1).max(128).nullable(),
    agent: z.string().min(1).max(128).nullable(),
  })
  .check(({ value, issues }) => {
    for (const message of problemsOf(value)) issues.push({ code: 'custom', message, input: value });
  });

/** The registry's file. */
const registry = z.strictObject({ version: z.literal(1), keys: z.array(entry) });

/** Keys that were made together. */
export type KeyEntry = Readonly<z.infer<typeof entry>>;
export interface Registry {
  readonly version: 1;
  readonly keys: readonly KeyEntry[];
}

interface Shape {
  readonly name: string;
  readonly count: number;
  readonly digests: string;
  readonly revoked: 'all' | readonly number[];
  readonly limits: string | null;
  readonly budgets: readonly string[];
}

/** What the shape alone does not tell. */
function problemsOf({ name, count, digests, revoked, limits, budgets }: Shape): string[] {
  const bytes = revoked === 'all' ? 0 : count * digestBytes;
  const rules = [
    limits === null ? null : limitsFrom(limits, name),
    budgets.length === 0 ? null : budgetsFrom(budgets, name),
  ];
  return [
    ...(Buffer.byteLength(digests, 'base64') === bytes ? [] : [`digests: expected ${bytes} bytes in base64`]),
    ...(revoked !== 'all' && revoked.some((index) => index >= count) ? ['revoked: expected places of its keys'] : []),
    ...rules.flatMap((rule) => (rule !== null && 'problem' in rule ? [rule.problem] : [])),
  ];
}

/** The file's content as a registry, or what is wrong with it, at its first fault. Null is an empty one. */
export function registryFrom(content: unknown): Registry | { readonly problem: string } {
  if (content === null) return { version: 1, keys: [] };
  const checked = registry.safeParse(content);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    return { problem: `${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'not a registry'}` };
  }
  return checked.data;
}
