import type { z } from 'zod';
import { expectation, keysOf, schemaAt } from './expectation.ts';
import type { Layers, Origin } from './layers.ts';
import { type Problem, shown } from './problem.ts';
import { laterKeys } from './schema.ts';
import { closest } from './suggestion.ts';

/** What the schema refused, in words of the configuration: each with its place. */
export function schemaProblems(issues: readonly z.core.$ZodIssue[], layers: Layers): Problem[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        ...problemAt(layers, [...issue.path, key], unknownKey(issue.path, key), null),
        unknown: true,
      }));
    }
    const schema = schemaAt(issue.path);
    const expected = schema === null || issue.code === 'custom' ? issue.message : expectation(schema);
    return [problemAt(layers, issue.path, expected, shown(valueAt(layers.value, issue.path)))];
  });
}

/** A problem with a value: it points at the file, or names the variable or flag that the value came from. */
export function problemAt(layers: Layers, path: readonly PropertyKey[], expected: string, got: string | null): Problem {
  const origin = layers.nearest(path);
  return {
    ...placeOf(origin),
    key: origin.kind === 'environment' || origin.kind === 'flag' ? origin.name : path.join('.'),
    expected,
    got,
  };
}

function placeOf(origin: Origin): Pick<Problem, 'file' | 'line' | 'column'> {
  if (origin.kind !== 'file') return { file: null, line: null, column: null };
  return { file: origin.file, line: origin.line, column: origin.column };
}

// What people call a field for a credential. No such field exists.
const credentialNames = /^(?:api[-_]?key|key|token|auth[-_]?token|secret|password|authorization|x-api-key|bearer)$/iu;

function unknownKey(parent: readonly PropertyKey[], key: string): string {
  if (credentialNames.test(key)) {
    return 'no credential in this file; name its environment variable in apiKeyEnv, or a file that only you can read in apiKeyFile';
  }
  if (parent.length === 0 && laterKeys.has(key))
    return `nothing here: this version of tokenpak does not have ${key} yet`;
  const known = keysOf(schemaAt(parent));
  const meant = closest(key, known);
  return meant === null ? `one of the keys ${known.join(', ')}` : `a known key; did you mean ${meant}?`;
}

/** The value at a path, or undefined. */
export function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, step) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    return (value as Record<PropertyKey, unknown>)[step];
  }, root);
}
