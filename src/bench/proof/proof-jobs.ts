import type { WorkloadName } from './proof-report.ts';

/** A histogram as it goes from process to process: microseconds, log-linear, three digits. `Histogram.from` reads it back. */
export interface HistogramData {
  readonly counts: Uint32Array | Uint16Array;
  readonly count: number;
  readonly maxMicros: number;
}

/** Whom a job goes to, always on 127.0.0.1, and with what. */
export interface ToOneTarget {
  readonly port: number;
  readonly workload: WorkloadName;
  /** Sent as the key where there is one to send; else one that nobody knows. */
  readonly apiKey: string | null;
  /** Before the path, as `/ak/KEY`; '' where nothing is. */
  readonly prefix: string;
  /** Who answers in the end: the mock, whose answers must come to the last byte as it gives them, or one of which only a 200 is asked. */
  readonly provider?: 'mock' | 'any';
  readonly connections: number;
}

/** Open loop: sent at times fixed beforehand, whatever becomes of earlier ones. A latency counts from the time at which its request was due. */
export interface OpenJob extends ToOneTarget {
  readonly kind: 'open';
  readonly perSecond: number;
  readonly seconds: number;
  readonly arrival: 'even' | 'poisson';
  readonly seed: number;
}

/** Closed loop by autocannon's engine: each connection sends its next request when it has its answer. The histogram is ours. */
export interface ClosedJob extends ToOneTarget {
  readonly kind: 'closed';
  readonly until: { readonly seconds: number } | { readonly requests: number };
}

export type ProofJob = OpenJob | ClosedJob;

/** What the load process sends back for each job. */
export type ProofReply = { readonly outcome: LoadOutcome } | { readonly error: string };

/** What one job came to. */
export interface LoadOutcome {
  /** Sent, whatever became of them: what whoever was asked must have counted. */
  readonly count: number;
  /** Not answered, or not as the workload wants it. */
  readonly errors: number;
  /** What the first of them was. */
  readonly firstError: string | null;
  /** Answers that should be JSON and are not; among the errors. */
  readonly invalidJson: number;
  readonly elapsedMs: number;
  /** To the end of the answer, right or wrong. One that was given up counts with the time until then; one whose connection broke has none. */
  readonly latency: HistogramData;
  /** The same by the second in which each was due; for a picture. */
  readonly bySecond: readonly HistogramData[];
  /** Streams only: to the first byte of the body; and, of the open loop, between two events, which the mock sends each 50 ms. */
  readonly firstByte: HistogramData | null;
  readonly gaps: HistogramData | null;
  /** Open loop only: how late requests were sent. A request that waits for a free connection is not late: that is latency. */
  readonly lateness: HistogramData | null;
  /** Sent over 2 ms late. */
  readonly late: number;
  /** The median of what was in flight, looked at as each answer came. */
  readonly inFlight: number;
}
