import { z } from 'zod';
import { configSchema } from './schema.ts';

/** The part of the schema that a path leads to, without its default; null where it leads nowhere. */
export function schemaAt(path: readonly PropertyKey[]): z.core.$ZodType | null {
  let schema: z.core.$ZodType | null = configSchema;
  for (const step of path) schema = schema === null ? null : child(bare(schema), step);
  return schema === null ? null : bare(schema);
}

function child(schema: z.core.$ZodType, step: PropertyKey): z.core.$ZodType | null {
  if (schema instanceof z.ZodObject) return (schema.shape as Record<PropertyKey, z.core.$ZodType>)[step] ?? null;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodArray) return schema.element;
  return null;
}

function bare(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault || inner instanceof z.ZodOptional) {
    inner = inner.unwrap() as z.core.$ZodType;
  }
  return inner;
}

/** What may stand at a place, in words. */
export function expectation(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodNumber) return `a ${schema.isInt ? 'whole number' : 'number'}${range(schema)}`;
  if (schema instanceof z.ZodString) return textExpectation(schema);
  if (schema instanceof z.ZodBoolean) return 'true or false';
  if (schema instanceof z.ZodEnum) return `one of: ${schema.options.join(', ')}`;
  if (schema instanceof z.ZodLiteral) return [...schema.values].join(' or ');
  if (schema instanceof z.ZodUnion) return schema.options.map((option) => expectation(option)).join(', or ');
  if (schema instanceof z.ZodArray) return `a list, each item ${expectation(schema.element)}`;
  return 'a mapping (key: value)';
}

function textExpectation(schema: z.ZodString): string {
  const examples = schema.meta()?.examples as readonly string[] | undefined;
  return examples === undefined ? 'text' : `text such as ${examples.join(' or ')}`;
}

function range({ minValue, maxValue }: z.ZodNumber): string {
  const bounded = (value: number | null): value is number =>
    value !== null && Math.abs(value) < Number.MAX_SAFE_INTEGER;
  if (bounded(minValue)) return bounded(maxValue) ? ` from ${minValue} to ${maxValue}` : ` of at least ${minValue}`;
  return bounded(maxValue) ? ` of at most ${maxValue}` : '';
}

/** The keys that a mapping knows; none for a mapping whose keys the user chooses. */
export function keysOf(schema: z.core.$ZodType | null): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}
