import type { GateLimit } from './gate.ts';
import type { WorkloadName } from './proof-report.ts';

/** Runs of numbers that a seed document gives; their loads follow those numbers, at scale 1. */
export const profileNames = ['quick', 'full', 'stress', 'spike', 'endurance', 's0', 's1', 's3'] as const;
export type ProfileName = (typeof profileNames)[number];

/** Workloads that a run may be asked for alone; `mix` is all of them in fixed shares. */
export const workloadChoices = [
  'mix',
  'health',
  'stats',
  'passthrough',
  'stream',
  'large-20k',
  'large-200k',
  'large-1m',
  'error',
  'cache',
  'translation',
] as const satisfies readonly (WorkloadName | 'mix')[];
type WorkloadChoice = (typeof workloadChoices)[number];

/** What a run of `tokenpak bench` is asked for. `prove` checks them. */
export interface ProofOptions {
  /** Requests a second of the open loop; 0 means as many as there can be: mode `closed`. */
  readonly perSecond: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly connections: number;
  readonly workload: WorkloadChoice;
  /** The URL of a proxy that runs already, on a loopback host; null: one of its own. */
  readonly target: string | null;
  /** A target gets requests to a provider too, which may cost money. */
  readonly allowTraffic: boolean;
  readonly mockDelayMs: number;
  readonly mode: 'open' | 'closed' | 'ramp';
  /** How often direct and proxied are measured in turn. */
  readonly runs: number;
  readonly seed: number;
  readonly arrival: 'even' | 'poisson';
  readonly profile: ProfileName | null;
  /** Above 0, to 1: users and durations of a profile times this. */
  readonly scale: number;
  /** 5 s, one run, and shorter parts. */
  readonly quick: boolean;
  /** More resident memory than this makes a run invalid. */
  readonly maxRssMb: number | null;
}

export interface ProofContext {
  /** Of tokenpak, as `--version` says it. */
  readonly version: string;
  /** Told what is done at the moment, in a few words; and how much of the whole is done, 0 to 1, or null where unknown. */
  readonly progress: (text: string, share: number | null) => void;
  /** By which the run's figures will be judged: a ramp ends where one is broken, and a run is invalid where the rig alone breaks half of one. */
  readonly limits: readonly GateLimit[];
  /** Ends the run early: `prove` fails with the signal's reason, and nothing is left behind. */
  readonly signal: AbortSignal;
}

export const defaultProofOptions: ProofOptions = {
  perSecond: 100,
  seconds: 30,
  warmUpSeconds: 3,
  connections: 100,
  workload: 'mix',
  target: null,
  allowTraffic: false,
  mockDelayMs: 0,
  mode: 'open',
  runs: 3,
  seed: 1,
  arrival: 'even',
  profile: null,
  scale: 1,
  quick: false,
  maxRssMb: null,
};
