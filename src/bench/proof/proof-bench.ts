import type { Job, ResultOf } from '../load/jobs.ts';
import type { Findings } from './findings.ts';
import type { ClosedJob, LoadOutcome, OpenJob, ToOneTarget } from './proof-jobs.ts';
import type { ProofOptions } from './proof-options.ts';
import type { ProofTarget } from './proof-report.ts';

/** One whom load can be sent to. */
export interface Side {
  readonly target: ProofTarget;
  /** On 127.0.0.1. */
  readonly port: number;
  readonly pid: number;
}

/** A proxy of the run, whose requests are counted. */
export interface ProxySide extends Side {
  readonly accessKey: string | undefined;
  /** To a provider, so far. */
  sent: number;
}

/** What differs from a proxy with everything on. */
export interface ProxyWish {
  /** Further lines of its configuration file. */
  readonly config: string;
  /** It knows access keys, and is asked with one. */
  readonly hasKey: boolean;
  /** Where the mock listens that stands for each provider. */
  readonly mockPort: number;
}

type WithoutPlace<J> = Omit<J, keyof ToOneTarget>;

/** A job for the load process, wherever it goes. */
export type LoadWish = (WithoutPlace<OpenJob> | WithoutPlace<ClosedJob>) &
  Pick<ToOneTarget, 'workload' | 'connections'>;

/** What a job of the older generator needs to be counted. */
type JobWithoutPorts<J> = J extends { readonly ports: readonly number[] } ? Omit<J, 'ports'> : Omit<J, 'port'>;

/** What a part of a run is given that only sends at its own pace, be the proxy the run's own or another. */
export interface PacedBench {
  readonly options: ProofOptions;
  readonly findings: Findings;
  /** Null where the proxy's provider is somebody else's. */
  readonly direct: Side | null;
  readonly proxied: ProxySide;
  /** Has the load process do a job, and counts what it sent. */
  readonly load: (side: Side | ProxySide, wish: LoadWish) => Promise<LoadOutcome>;
  /** Says what is done at the moment. */
  readonly progress: (text: string) => void;
}

/** What every part of a run is given whose processes are all its own. */
export interface ProofBench extends PacedBench {
  readonly direct: Side;
  /** Started when it is first asked for. */
  readonly bareRelay: () => Promise<Side>;
  /** One more mock, which takes so long for each answer, or one more proxy: they live as long as the run. */
  readonly startMock: (delayMs: number) => Promise<Side>;
  readonly startProxy: (wish: ProxyWish) => Promise<ProxySide>;
  /** Does a job with the generator of `npm run bench`, for what only that one can do. */
  readonly loadOtherwise: <J extends Job>(
    sides: readonly (Side | ProxySide)[],
    job: JobWithoutPorts<J>,
  ) => Promise<ResultOf[J['kind']]>;
}
