import type { Summary } from '../statistics.ts';
import type { ClientTerms } from './client-terms.ts';

/** Sends the next request of each connection as soon as its reply is complete, until the time is up or all are sent. */
export interface ClosedLoopJob {
  readonly kind: 'closed-loop';
  readonly port: number;
  readonly connections: number;
  readonly until: { readonly ms: number } | { readonly requests: number };
  /** Sent as the key; else one that nobody knows. */
  readonly apiKey?: string;
  /** So many models are asked for in turn, each by a name of its own; else the same one always. */
  readonly models?: number;
  /** Where the port is a gateway's that is not ours. */
  readonly terms?: ClientTerms;
}

/** Sends at times fixed beforehand, evenly spaced, whether or not earlier replies have come. */
export interface OpenLoopJob {
  readonly kind: 'open-loop';
  readonly port: number;
  readonly connections: number;
  readonly perSecond: number;
  readonly requests: number;
}

/** As agents in several sessions do: they ask for whole answers, for short streams and for long ones, at times fixed beforehand. */
export interface AgentsJob {
  readonly kind: 'agents';
  readonly port: number;
  /** As many as are opened at first; at their rate none should rest for long. */
  readonly connections: number;
  readonly perSecond: number;
  readonly requests: number;
}

/** One connection to each port in turn, some requests each, so that all see the same state of the machine. */
export interface TurnsJob {
  readonly kind: 'turns';
  readonly ports: readonly number[];
  readonly bodyBytes: number;
  /** Streamed: the time is taken at the first byte of the body; else at the reply's end. */
  readonly streamed: boolean;
  readonly turns: number;
  readonly requestsPerTurn: number;
  /** Sent as the key to each port; else one that nobody knows. */
  readonly apiKeys?: readonly (string | undefined)[];
  /** By port, where gateways are asked that are not ours. */
  readonly terms?: readonly (ClientTerms | undefined)[];
}

/** Opens streams at even spacing, without waiting for any, and watches the time between their events. */
export interface StreamsJob {
  readonly kind: 'streams';
  readonly port: number;
  readonly streams: number;
  readonly eventsPerStream: number;
  readonly openingMs: number;
  /** Where the port is a gateway's that is not ours. */
  readonly terms?: ClientTerms;
}

/** The closed loop by autocannon, as a second judge. */
export interface AutocannonJob {
  readonly kind: 'autocannon';
  readonly port: number;
  readonly connections: number;
  readonly requests: number;
}

/** The number of users goes to `users` within `ms`. */
export interface Stage {
  readonly ms: number;
  readonly users: number;
}

/** Users who each wait for their answer and think before they ask again; their number follows the stages. */
export interface StagesJob {
  readonly kind: 'stages';
  readonly port: number;
  readonly path: string;
  readonly body: string;
  readonly stages: readonly Stage[];
  readonly thinkMs: number;
  /** An answer that takes so long is counted as slow. */
  readonly slowMs: number;
  /** Sent as a bearer's token; else none is. */
  readonly apiKey?: string | undefined;
}

export type Job = ClosedLoopJob | OpenLoopJob | TurnsJob | StreamsJob | AutocannonJob | StagesJob | AgentsJob;

interface Sent {
  /** Requests sent to each port of the job; all were answered. */
  readonly sentToEach: number;
}

export interface ClosedLoopResult extends Sent {
  readonly elapsedMs: number;
  readonly latency: Summary;
}

export interface OpenLoopResult extends Sent {
  /** Milliseconds from the time at which a request was due. */
  readonly latency: Summary;
  /** How late the requests were sent: our own fault, which makes a result worthless where it is large. */
  readonly lateness: Summary;
}

export interface AgentsResult extends Sent {
  /** Milliseconds from the time at which a request was due to its reply's end or, of a stream, its first byte. */
  readonly latency: Summary;
  /** Milliseconds that each answer's `server-timing` says the proxy took. */
  readonly overhead: Summary;
  readonly lateness: Summary;
}

export interface TurnsResult extends Sent {
  /** In the order of the ports. */
  readonly latencies: readonly Summary[];
}

export interface StreamsResult extends Sent {
  /** Milliseconds between the arrivals of one stream's events. */
  readonly gaps: Summary;
  readonly longGaps: number;
  /** Streams that had at least one of them. */
  readonly stalled: number;
  readonly lateness: Summary;
}

export interface AutocannonResult extends Sent {
  readonly elapsedMs: number;
}

export interface StagesResult extends Sent {
  readonly elapsedMs: number;
  readonly latency: Summary;
  /** How many answers had each status. */
  readonly statuses: ReadonlyMap<number, number>;
  readonly slow: number;
  /** Most users at a time. */
  readonly maxUsers: number;
}

/** What each kind of job brings. */
export interface ResultOf {
  'closed-loop': ClosedLoopResult;
  'open-loop': OpenLoopResult;
  turns: TurnsResult;
  streams: StreamsResult;
  autocannon: AutocannonResult;
  stages: StagesResult;
  agents: AgentsResult;
}
