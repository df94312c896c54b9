import { z } from 'zod';
import { endpoints, type OwnPath } from './endpoint-list.ts';
import { answerSchemas, eventSchemas } from './schemas.ts';

/** A family of `/metrics`. */
export interface DocumentedMetric {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
}

/** The part of JSON Schema that our schemas come out as. */
interface JsonSchema {
  readonly type?: string | readonly string[];
  /** `#/$defs/NAME`. */
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | false;
  readonly description?: string;
}

/** docs/api.md: tokenpak's own endpoints and what they answer. */
export function renderApiDocs(metrics: readonly DocumentedMetric[]): string {
  return [
    '# The own endpoints',
    'This page is generated from the schemas in `src/proxy/admin`; a test fails when it is stale.',
    'tokenpak answers these paths itself, on the address that it listens on. They answer GET and HEAD, anything else with 405; they change nothing. Objects are versioned by their member `version`: members may be added, and the number changes when one changes its meaning or goes. Times are UTC. Money is US dollars, an estimate by list prices; `cost_picodollars` is the same exactly, in 1e-12 USD.',
    ...endpoints.map(([path, { summary, query }]) => endpointDocs(path, summary, query ?? {})),
    metricsDocs(metrics),
    '## Shapes',
    ...shapes().map(([name, schema]) => `### ${name}\n\n${sentence(schema.description)}\n\n${shapeDocs(schema)}`),
    '',
  ].join('\n\n');
}

function endpointDocs(path: OwnPath, summary: string, query: Readonly<Record<string, string>>): string {
  const parameters = Object.entries(query).map(([name, meaning]) => [`\`?${name}=\``, meaning]);
  const parts = [`## GET ${path}`, summary];
  if (parameters.length > 0) parts.push(table(['parameter', 'meaning'], parameters));
  if (path === '/events') parts.push(eventsDocs());
  const schema = (answerSchemas as Partial<Record<OwnPath, z.ZodType>>)[path];
  if (schema) parts.push(shapeDocs(jsonSchema(schema)));
  return parts.join('\n\n');
}

function eventsDocs(): string {
  const intro =
    'Events come in batches, 50 in 100 ms at most, as `event:` and one line of JSON as `data:`. A comment comes each 15 seconds of silence. A reader that leaves 1 MiB unread is dropped; there are 32 readers at most.';
  const events = Object.entries(eventSchemas).map(([event, schema]) => {
    const json = jsonSchema(schema);
    return `### ${event}\n\n${sentence(json.description)}\n\n${shapeDocs(json)}`;
  });
  return [intro, ...events].join('\n\n');
}

function metricsDocs(metrics: readonly DocumentedMetric[]): string {
  const rows = metrics.map(({ name, type, labels, help }) => [`\`${name}\``, type, labels.join(', '), help]);
  const intro =
    'At most 256 pairs of provider and model have labels of their own; further models are counted as `other`. Requests without a provider or model have `none`.';
  return [intro, table(['name', 'type', 'labels', 'meaning'], rows)].join('\n\n');
}

function jsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema) as JsonSchema;
}

/** The shapes with a name of their own, each once. */
function shapes(): [string, JsonSchema][] {
  const all = [...Object.values(answerSchemas), ...Object.values(eventSchemas)];
  const named = Object.assign({}, ...all.map((schema) => jsonSchema(schema).$defs)) as Record<string, JsonSchema>;
  return Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1));
}

function shapeDocs(schema: JsonSchema): string {
  if (!schema.properties) return `${typeName(schema)}.`;
  const rows = members(schema, '').map(({ path, schema: member, isOptional }) => [
    `\`${path}\``,
    `${typeName(member)}${isOptional ? ', or absent' : ''}`,
    member.description ?? '',
  ]);
  return table(['member', 'type', 'meaning'], rows);
}

interface Member {
  readonly path: string;
  readonly schema: JsonSchema;
  readonly isOptional: boolean;
}

/** All members of an object, those of its members behind each; a shape with a name of its own is not gone into. */
function members(schema: JsonSchema, prefix: string): Member[] {
  const { items, additionalProperties, properties = {}, required } = withoutNull(schema);
  if (items) return members(items, `${prefix}[]`);
  if (additionalProperties) return members(additionalProperties, `${prefix}.NAME`);
  return Object.entries(properties).flatMap(([name, member]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    return [{ path, schema: member, isOptional: !required?.includes(name) }, ...members(member, path)];
  });
}

function withoutNull(schema: JsonSchema): JsonSchema {
  return schema.anyOf?.find(({ type }) => type !== 'null') ?? schema;
}

function typeName(schema: JsonSchema): string {
  const inner = withoutNull(schema);
  const orNull = inner === schema ? '' : ' or null';
  if (inner.$ref) return reference(inner.$ref) + orNull;
  if (inner.const !== undefined) return JSON.stringify(inner.const) + orNull;
  if (inner.enum) return inner.enum.map((value) => `\`${value}\``).join(', ') + orNull;
  if (inner.items) return `array of ${typeName(inner.items)}${orNull}`;
  if (inner.additionalProperties) return `${typeName(inner.additionalProperties)} by name${orNull}`;
  return [inner.type ?? []].flat().join(' or ') + orNull;
}

function reference(pointer: string): string {
  const name = pointer.replace('#/$defs/', '');
  return `[${name}](#${name.toLowerCase()})`;
}

function sentence(text = ''): string {
  return text === '' ? '' : `${text}.`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
