import type { Machine } from '../machine.ts';
import type { Percentiles } from '../statistics.ts';

export type { Percentiles };

/** What a request of a workload is: one to an endpoint of ours, or one to a provider. */
export type WorkloadName =
  | 'health'
  | 'stats'
  | 'passthrough'
  | 'stream'
  | 'large-20k'
  | 'large-200k'
  | 'large-1m'
  | 'error'
  | 'cache'
  | 'translation'
  /** Messages, 100 always on their way, from a provider that takes its time. */
  | 'loaded'
  /** The same from one that answers at once. */
  | 'saturated'
  /** Short messages of users who come and go. */
  | 'users'
  /** To the proxy's own provider. */
  | 'loopback';

/** Whom the load went to. */
export type ProofTarget = 'direct' | 'bare relay' | 'proxied';

/** The interval that holds the true value in 95 of 100 cases. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** One line of the table: all of a run's requests of one kind to one target. */
export interface ProofRow {
  /** As people read it: `messages proxied`. */
  readonly name: string;
  readonly workload: WorkloadName;
  readonly target: ProofTarget;
  readonly count: number;
  readonly errors: number;
  /** Null for what is a difference of two rows, and has no requests of its own: see `overhead`. */
  /** From the time at which each request was due. */
  readonly ms: Percentiles;
  readonly p99Interval: Interval | null;
}

/** Something that was measured, and may be judged: by the SLA, by `--fail`, against a baseline. */
export interface Metric {
  readonly value: number;
  /** `ms`, `/s`, `MB`, `share`, `ratio` or `count`. */
  readonly unit: string;
  readonly interval: Interval | null;
}

/** By name: words of a-z, 0-9 and `_`, joined by dots, as `overhead.p99` or `messages.error_rate`. */
export type Metrics = Readonly<Record<string, Metric>>;

/** How much of the load kept its times. All of it is the generator's doing, not the proxy's. */
export interface RateFacts {
  readonly offeredPerSecond: number;
  readonly achievedPerSecond: number;
  /** Of the requests, those that were sent over 2 ms late. */
  readonly lateShare: number;
  readonly generatorLagP99Ms: number;
}

/** What the proxy's process needed meanwhile; null where the system does not tell. */
export interface ProxyFacts {
  readonly cpuPercent: number | null;
  readonly rssFirstMb: number | null;
  readonly rssMaxMb: number | null;
  readonly loopLagP99Ms: number | null;
}

/** One stage of the proxy, from its own histograms (`/metrics`). */
export interface StageFacts {
  readonly stage: string;
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Latency over the time of a run, for a picture: one point for each second. */
export interface TimelinePoint {
  readonly second: number;
  readonly target: ProofTarget;
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** For the percentile curve. */
export interface CurvePoint {
  readonly target: ProofTarget;
  /** 0 to 1. */
  readonly quantile: number;
  readonly ms: number;
}

export type SlaVerdict = 'pass' | 'investigate' | 'fail' | 'not measured' | 'not available';

/** One line of the SLA, judged. */
export interface SlaResult {
  /** The item's id in the seed documents, as `S0-1`. */
  readonly id: string;
  readonly name: string;
  readonly metric: string;
  /** As `< 20 ms`. */
  readonly target: string;
  readonly value: number | null;
  readonly unit: string;
  readonly interval: Interval | null;
  readonly verdict: SlaVerdict;
  /** By how much it is missed, or why there is no value; null where it passes. */
  readonly reason: string | null;
}

/** One figure against the same of a baseline. */
export interface BaselineResult {
  readonly metric: string;
  readonly before: number;
  readonly now: number;
  /** 0.05: 5 % worse. */
  readonly worse: number;
  readonly limit: number;
  readonly verdict: 'pass' | 'fail';
}

/** Where and how a report was made. */
export interface ProofRun extends Machine {
  readonly version: string;
  /** ISO 8601. */
  readonly at: string;
  readonly loadAverage: number;
  /** Of the sources, where they are a git checkout; null in an installed package. */
  readonly commit: string | null;
  /** Proxy and load are held on cores of their own. */
  readonly isPinned: boolean;
  readonly profile: string | null;
  /** 1: the profile's own numbers. */
  readonly scale: number;
  readonly mode: 'open' | 'closed' | 'ramp';
  readonly perSecond: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly runs: number;
  readonly connections: number;
  readonly seed: number;
  readonly arrival: 'even' | 'poisson';
  readonly mockDelayMs: number;
  /** How long all of it took. */
  readonly elapsedSeconds: number;
}

/** A published figure of another gateway, which nobody has measured here. */
export interface PublishedRow {
  readonly metric: string;
  readonly published: string;
  readonly ours: string;
}

/** All that `tokenpak bench` knows when it has run. The JSON report has the same members in snake_case. */
export interface ProofReport {
  readonly run: ProofRun;
  readonly rows: readonly ProofRow[];
  /** By the proxy (from the request's first byte to the answer's head) and by its client (proxied less direct), in ms. */
  readonly overhead: { readonly proxy: Percentiles | null; readonly client: Percentiles | null };
  readonly metrics: Metrics;
  readonly rate: RateFacts | null;
  readonly proxy: ProxyFacts | null;
  readonly stages: readonly StageFacts[];
  readonly timeline: readonly TimelinePoint[];
  readonly curve: readonly CurvePoint[];
  /** Requests sent through the proxy, as counted by the load, by `/stats` and by the ledger. */
  readonly accounting: { readonly sent: number; readonly stats: number; readonly ledger: number } | null;
  /** Workloads whose part does not exist yet, and what could not be done on this machine. */
  readonly notes: readonly string[];
  /** Why the figures say nothing; empty for a valid run. */
  readonly invalid: readonly string[];
}

/** A report with what is said of it. */
export interface JudgedReport extends ProofReport {
  /** Where the targets are from, for people. */
  readonly slaFile: string;
  readonly sla: readonly SlaResult[];
  /** The conditions of `--fail`, judged. */
  readonly conditions: readonly SlaResult[];
  readonly baseline: {
    readonly file: string;
    readonly at: string;
    readonly sameMachine: boolean;
    readonly results: readonly BaselineResult[];
    /** What is not compared, and why. */
    readonly notes: readonly string[];
  } | null;
  readonly published: readonly PublishedRow[];
  /** Whose figures these are, where they stand, and what they were made with. */
  readonly publishedBy: { readonly of: string; readonly source: string; readonly as: string };
  readonly verdict: 'PASS' | 'FAIL' | 'INVALID';
}
