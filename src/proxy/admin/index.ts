import type { Cancel } from '../clock.ts';
import { ProxyError } from '../errors.ts';
import { type AdminAnswer, eventStream, jsonAnswer, type StreamReader, textAnswer, withoutBody } from './answer.ts';
import { endpointList, endpoints, type OwnPath } from './endpoint-list.ts';
import { createHealth, type HealthParts } from './health.ts';

export type { AdminAnswer, WholeAnswer } from './answer.ts';
export type { ProviderAddress } from './provider-check.ts';

/** What the own endpoints tell of; objects are JSON as it is answered. */
export interface AdminParts extends HealthParts {
  readonly name: string;
  readonly snapshot: () => object;
  /** What this run came to. */
  readonly run: () => object;
  /** What a session came to, or null where it is not known. */
  readonly session: (name: string) => object | null;
  /** At most `limit` finished requests as JSON, newest first. */
  readonly recent: (limit: number) => readonly string[];
  readonly traces: (limit: number) => readonly object[];
  readonly trace: (id: string) => object | null;
  readonly subscribe: (reader: StreamReader) => Cancel;
  /** The text of `/metrics`, or null when metrics are off. */
  readonly metrics: () => string | null;
}

/**
 * Answers a request to one of tokenpak's own endpoints; null where the path is none of them. Throws a `ProxyError`.
 *
 * @param path without its query
 * @param query with or without its question mark
 */
export type Admin = (method: string, path: string, query: string) => AdminAnswer | Promise<AdminAnswer> | null;

interface Question {
  readonly query: URLSearchParams;
  /** What stands behind `/trace/`. */
  readonly id: string;
}
type Answers = Record<OwnPath, (question: Question) => AdminAnswer | Promise<AdminAnswer>>;

const allow = ['GET', 'HEAD'] as const;
const tracePrefix = '/trace/';

/** tokenpak's own endpoints: they read, and change nothing. */
export function createAdmin(parts: AdminParts): Admin {
  const answers = answersFrom(parts);
  return (method, path, query) => {
    const id = path.startsWith(tracePrefix) ? path.slice(tracePrefix.length) : '';
    const known = id === '' ? path : '/trace/{id}';
    if (!isOwnPath(known)) return null;
    if (method !== 'GET' && method !== 'HEAD') {
      throw new ProxyError('method', `${path} answers GET and HEAD, not ${method}`, { allow });
    }
    const answer = answers[known]({ query: new URLSearchParams(query), id });
    if (method === 'GET') return answer;
    return answer instanceof Promise ? answer.then(withoutBody) : withoutBody(answer);
  };
}

function isOwnPath(path: string): path is OwnPath {
  return Object.hasOwn(endpointList, path);
}

function answersFrom(parts: AdminParts): Answers {
  const { name, version, instance, isDraining } = parts;
  const health = createHealth(parts);
  const about = (): AdminAnswer =>
    jsonAnswer({ name, version, endpoints: endpoints.map(([path, { summary }]) => ({ path, summary })) });
  return {
    '/': about,
    '/api/hello': about,
    '/health': ({ query }) =>
      query.get('deep') === 'true' ? health.deep().then((json) => jsonAnswer(json)) : jsonAnswer(health.shallow()),
    '/livez': () => jsonAnswer({ status: 'ok' }),
    '/readyz': () => (isDraining() ? jsonAnswer({ status: 'draining' }, 503) : jsonAnswer({ status: 'ok' })),
    '/stats': () => jsonAnswer(parts.snapshot()),
    '/stats/last': () => jsonAnswer(found(parts.recent(1)[0], 'no request has finished yet')),
    '/stats/session': ({ query }) => {
      const session = query.get('session');
      const block = session === null ? parts.run() : found(parts.session(session), 'no such session in this run');
      return jsonAnswer({ version: 1, instance, session, ...block });
    },
    '/recent': ({ query }) => jsonAnswer(`{"version":1,"requests":[${parts.recent(limitFrom(query, 500)).join(',')}]}`),
    '/traces': ({ query }) => jsonAnswer({ version: 1, traces: parts.traces(limitFrom(query, 200)) }),
    '/trace/{id}': ({ id }) => jsonAnswer(found(parts.trace(id), 'no such trace among those that are kept')),
    '/events': () => eventStream(parts.subscribe),
    '/metrics': () => textAnswer(found(parts.metrics(), 'metrics are off'), 'text/plain; version=0.0.4; charset=utf-8'),
  };
}

function found<Thing>(thing: Thing | null | undefined, otherwise: string): Thing {
  if (thing === null || thing === undefined) throw new ProxyError('not_found', otherwise);
  return thing;
}

function limitFrom(query: URLSearchParams, max: number): number {
  const limit = query.get('limit') ?? '100';
  const value = Number(limit);
  if (/^\d{1,4}$/.test(limit) && value >= 1 && value <= max) return value;
  throw new ProxyError('invalid_request', `limit is a number from 1 to ${max}`);
}
