type Schema = Readonly<Record<string, unknown>>;

/** One walk through a schema: what its references start from, and how many more values it may make. */
interface Walk {
  readonly root: unknown;
  valuesLeft: number;
}

/** Schemas may refer to themselves and ask for long lists; what is deeper or more than this is null. */
const maxDepth = 16;
const maxValues = 2000;
const maxStringLength = 4096;

/**
 * The least value that fits a JSON schema as tools use it (also with Gemini's upper-case types): what is required, and
 * the shortest of it. Patterns and formats are beyond it.
 */
export function schemaExample(schema: unknown): unknown {
  return example(schema, { root: schema, valuesLeft: maxValues }, 0);
}

function example(schema: unknown, walk: Walk, depth: number): unknown {
  if (!isRecord(schema) || depth > maxDepth || walk.valuesLeft-- <= 0) return null;
  const fixed = fixedValue(schema);
  if (fixed !== undefined) return fixed;
  const other = otherSchema(schema, walk.root);
  if (other !== undefined) return example(other, walk, depth + 1);
  switch (typeOf(schema)) {
    case 'object':
      return objectExample(schema, walk, depth);
    case 'array':
      return arrayExample(schema, walk, depth);
    case 'string':
      return stringExample(schema);
    case 'integer':
    case 'number':
      return numberExample(schema);
    case 'boolean':
      return true;
    default:
      return null;
  }
}

function fixedValue(schema: Schema): unknown {
  for (const key of ['const', 'default', 'example']) if (key in schema) return schema[key];
  for (const key of ['enum', 'examples']) {
    const list = schema[key];
    if (Array.isArray(list) && list.length > 0) return list[0];
  }
  return undefined;
}

/** The schema that stands for this one: of several that would do, the first; of several that must all hold, their sum. */
function otherSchema(schema: Schema, root: unknown): unknown {
  const { $ref, anyOf, oneOf, allOf, ...rest } = schema;
  if (typeof $ref === 'string') return resolve($ref, root);
  for (const list of [anyOf, oneOf]) if (Array.isArray(list) && list.length > 0) return list[0];
  if (Array.isArray(allOf)) return Object.assign({}, rest, ...allOf.filter(isRecord));
  return undefined;
}

function resolve(reference: string, root: unknown): unknown {
  let found = root;
  for (const key of reference.split('/').slice(1)) found = isRecord(found) ? found[key] : undefined;
  return found ?? null;
}

function typeOf(schema: Schema): string {
  const type: unknown = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  if (typeof type === 'string') return type.toLowerCase();
  return isRecord(schema['properties']) ? 'object' : '';
}

function objectExample(schema: Schema, walk: Walk, depth: number): Record<string, unknown> {
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const required: unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.fromEntries(required.map((key) => [String(key), example(properties[String(key)], walk, depth + 1)]));
}

function arrayExample(schema: Schema, walk: Walk, depth: number): unknown[] {
  const length = Math.min(number(schema['minItems'], 0), walk.valuesLeft);
  return Array.from({ length }, () => example(schema['items'], walk, depth + 1));
}

function stringExample(schema: Schema): string {
  const length = Math.min(number(schema['minLength'], 0), maxStringLength);
  return 'text'.padEnd(length, '.').slice(0, number(schema['maxLength'], Infinity));
}

function numberExample(schema: Schema): number {
  const least = number(schema['minimum'], number(schema['exclusiveMinimum'], -1) + 1);
  return Math.min(least, number(schema['maximum'], number(schema['exclusiveMaximum'], Infinity) - 1));
}

function number(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

function isRecord(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
