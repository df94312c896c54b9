import type { Endpoint } from '../exchange.ts';
import { decoded } from './clean-path.ts';
import { endpoints, geminiMethods, type Row } from './endpoints.ts';

/** A path of the table: its endpoints by method, and what the path itself says of the request. */
export interface KnownPath {
  /** The path as providers know it. */
  readonly path: string;
  readonly byMethod: ReadonlyMap<string, Endpoint>;
  readonly model: string | null;
  readonly streamed: boolean | null;
}

interface Table {
  readonly exact: ReadonlyMap<string, ReadonlyMap<string, Endpoint>>;
  readonly below: readonly (readonly [beginning: string, byMethod: ReadonlyMap<string, Endpoint>])[];
}

const models = '/v1beta/models/';
const table = tableOf(endpoints);

/** The paths that stand in the table as they are. */
export const exactPaths = table.exact;

function tableOf(rows: readonly Row[]): Table {
  const byPath = new Map<string, Map<string, Endpoint>>();
  for (const [path, endpoint] of rows) {
    const byMethod = byPath.get(path) ?? new Map<string, Endpoint>();
    for (const method of endpoint.methods) byMethod.set(method, endpoint);
    byPath.set(path, byMethod);
  }
  const all = [...byPath];
  return {
    exact: new Map(all.filter(([path]) => !path.endsWith('/*'))),
    below: all.filter(([path]) => path.endsWith('/*')).map(([path, byMethod]) => [path.slice(0, -1), byMethod]),
  };
}

/**
 * Finds a clean path in the table. A version that the client's base URL and its SDK both brought (`/v1/v1/…`), and one
 * that neither brought (`/messages`), are forgiven.
 */
export function findPath(path: string): KnownPath | null {
  if (path.startsWith('/v1/v1/')) return findListed(path.slice('/v1'.length));
  if (path.startsWith('/v1beta/v1beta/')) return findListed(path.slice('/v1beta'.length));
  return findListed(path) ?? findListed(`/v1${path}`);
}

function findListed(path: string): KnownPath | null {
  const byMethod = table.exact.get(path);
  if (byMethod) return { path, byMethod, model: null, streamed: null };
  if (path.startsWith(models) && path.includes(':')) return findGeminiMethod(path);
  for (const [beginning, known] of table.below) {
    if (path.startsWith(beginning) && path.length > beginning.length) {
      return { path, byMethod: known, model: null, streamed: null };
    }
  }
  return null;
}

function findGeminiMethod(path: string): KnownPath | null {
  const colon = path.lastIndexOf(':');
  const name = path.slice(colon + 1);
  const endpoint = geminiMethods.get(name);
  const model = decoded(path.slice(models.length, colon));
  if (!endpoint || !model || model.includes('/')) return null;
  return { path, byMethod: new Map([['POST', endpoint]]), model, streamed: name === 'streamGenerateContent' };
}
