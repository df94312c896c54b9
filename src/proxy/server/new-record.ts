import type { AccessKey } from '../access-key.ts';
import type { Route } from '../exchange.ts';
import type { RequestRecord } from '../record.ts';

/** Of a path, this much is kept in records. */
const maxPathLength = 1024;
const none: readonly never[] = [];

/** What the door knows when an exchange begins. */
export interface Opening {
  readonly id: string;
  readonly route: Route;
  readonly query: string;
  readonly headers: readonly string[];
  readonly access: AccessKey | null;
  readonly receivedAt: number;
}

/** What the connection and the clock add. */
interface Arrival {
  readonly method: string;
  /** Unix milliseconds. */
  readonly time: number;
  readonly address: string;
}

/** The record of an exchange that begins. */
export function newRecord(opening: Opening, { method, time, address }: Arrival): RequestRecord {
  const { endpoint, path, project, streamed } = opening.route;
  return {
    id: opening.id,
    time,
    method,
    requestHeaders: opening.headers,
    path: path.slice(0, maxPathLength),
    caller: { address, key: opening.access?.name ?? null, project, session: null, agent: null },
    dialect: endpoint.dialect,
    intent: { kind: endpoint.intent, streamed: streamed ?? false, tools: false, turn: null },
    provider: null,
    model: null,
    askedModel: null,
    status: 0,
    outcome: null,
    errorCode: null,
    tokens: null,
    cost: { picodollars: 0, savedPicodollars: 0, unpricedReason: null },
    exactness: 'exact',
    cache: null,
    attempts: [],
    route: null,
    limits: none,
    budgets: none,
    warning: null,
    stages: [],
    marks: { received: opening.receivedAt, bodyRead: 0, sent: 0, providerReady: 0, replied: 0, ended: 0 },
    bytesIn: 0,
    bytesOut: 0,
  };
}
