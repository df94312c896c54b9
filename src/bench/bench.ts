import type { FramesJob, FramesResult } from './frames.ts';
import type { Job, ResultOf } from './load/jobs.ts';
import type { Plan } from './plan.ts';
import type { Setup, Tokenpak } from './tokenpak.ts';
import type { TerminalSize, WatchedTokenpak } from './watched-tokenpak.ts';

/** Whom the load is sent to: the mock itself, or a relay before it. */
export interface Target {
  readonly name: 'direct' | 'bare relay' | 'tokenpak';
  readonly port: number;
  readonly pid: number;
  /** Requests sent so far, all of them answered. */
  sent: number;
}

/** What every scenario is given. */
export interface Bench {
  readonly plan: Plan;
  readonly direct: Target;
  readonly bareRelay: Target;
  readonly tokenpak: Target;
  /** The process ids on the load's core. */
  readonly loadPids: readonly number[];
  /** Has the load generator do a job, and counts what it sent. Fails at the first request that was not answered as it must be. */
  readonly run: <J extends Job>(job: J) => Promise<ResultOf[J['kind']]>;
  /** Starts one more tokenpak before the mock, on the relays' core; it lives as long as the run. */
  readonly start: (setup: Setup) => Promise<Tokenpak>;
  /** Starts one more tokenpak before the mock, on a terminal or, where that is null, without a screen; held on the relays' core or not. */
  readonly startWatched: (terminal: TerminalSize | null, isHeld: boolean) => Promise<WatchedTokenpak>;
  /** The milliseconds of an empty Node program. */
  readonly emptyProgramMs: () => Promise<number>;
  /** Has the frames of the dashboard drawn as fast as they can be, from what a proxy has told. */
  readonly drawFrames: (job: FramesJob) => Promise<FramesResult>;
  /** Has tokenpak make an access key with these options, and gives it. */
  readonly createKey: (options: readonly string[]) => Promise<string>;
  /** Says why the run is worth nothing. */
  readonly invalid: (reason: string) => void;
  /** Says on the terminal what is done at the moment. */
  readonly progress: (text: string) => void;
}
