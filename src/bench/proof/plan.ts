import type { Stage } from '../load/jobs.ts';
import type { ProfileName, ProofOptions } from './proof-options.ts';
import type { WorkloadName } from './proof-report.ts';

/** One workload of a run, and how much of the run's time and rate it gets. */
export interface Share {
  readonly workload: WorkloadName;
  /** Sent directly and through the proxy, in turn; else to the proxy only. */
  readonly isPaired: boolean;
  /** Of the run's seconds. */
  readonly ofTime: number;
  /** Of the run's requests a second. */
  readonly ofRate: number;
  /** In each of the run's rounds; else in the first only. */
  readonly everyRound: boolean;
}

const own = { isPaired: false, ofTime: 1, ofRate: 1, everyRound: false };
const paired = { isPaired: true, ofTime: 1, ofRate: 1, everyRound: false };

/** What `mix` is made of, one after the other, so that none disturbs another's figures. Large bodies are few, as they are among an agent's requests. */
export const mixShares: readonly Share[] = [
  { workload: 'health', ...own },
  { workload: 'stats', ...own },
  { workload: 'passthrough', ...paired, everyRound: true },
  { workload: 'stream', ...paired, ofTime: 0.5 },
  { workload: 'large-20k', ...paired, ofTime: 1 / 3, ofRate: 0.5 },
  { workload: 'large-200k', ...paired, ofTime: 1 / 3, ofRate: 0.2 },
  { workload: 'large-1m', ...paired, ofTime: 1 / 3, ofRate: 0.05 },
  { workload: 'error', ...paired, ofTime: 1 / 3, ofRate: 0.5 },
];

/** One workload alone gets all of it. */
export function sharesOf({ workload, profile }: ProofOptions): readonly Share[] {
  if (profile === 's0') return mixShares.slice(0, 3);
  if (workload === 'mix') return mixShares;
  const isOwn = workload === 'health' || workload === 'stats';
  return [{ workload, ...(isOwn ? own : paired), everyRound: true }];
}

/** What a part of a run does; the names of all parts that there are. */
export type PartPlan =
  | { readonly kind: 'paced'; readonly shares: readonly Share[] }
  | { readonly kind: 'capacity'; readonly connections: number; readonly seconds: number }
  | { readonly kind: 'ramp'; readonly seconds: number }
  | { readonly kind: 'loaded'; readonly seconds: number; readonly rounds: number }
  | { readonly kind: 'saturated'; readonly seconds: number; readonly rounds: number }
  | { readonly kind: 'scenarios'; readonly seconds: number; readonly rounds: number }
  | { readonly kind: 'stages'; readonly stages: readonly Stage[] }
  | { readonly kind: 'endurance'; readonly seconds: number };

/** S0-17: requests a second, and for how long. */
const profileRate = 100;
const loadSuiteSeconds = 5;

const stage = (seconds: number, users: number): Stage => ({ ms: seconds * 1000, users });
const minute = 60;
const hour = 60 * minute;

/** S3-5. */
const userStages: readonly Stage[] = [stage(30, 10), stage(minute, 50), stage(30, 0)];
/** S3-10. */
const spikeStages: readonly Stage[] = [stage(10, 10), stage(10, 100), stage(10, 10)];

/** So many requests are always on their way where "100 at a time" is said: S1-2 and S1-4. */
export const concurrentUsers = 100;

/** The numbers of S2-14 to S2-16, S0-17, S1-4, S3-5 and S3-10, at scale 1. */
const profilePlans: Readonly<Record<ProfileName, readonly PartPlan[]>> = {
  quick: [{ kind: 'capacity', connections: 500, seconds: minute }],
  full: [{ kind: 'capacity', connections: 2000, seconds: 5 * minute }],
  stress: [{ kind: 'capacity', connections: 4000, seconds: 10 * minute }],
  spike: [{ kind: 'stages', stages: spikeStages }],
  endurance: [{ kind: 'endurance', seconds: 24 * hour }],
  s0: [{ kind: 'paced', shares: mixShares.slice(0, 3) }],
  s1: [
    { kind: 'loaded', seconds: 2 * minute, rounds: 1 },
    { kind: 'saturated', seconds: 2 * minute, rounds: 1 },
  ],
  s3: [{ kind: 'stages', stages: userStages }],
};

function scaled(part: PartPlan, scale: number): PartPlan {
  switch (part.kind) {
    case 'capacity':
      return { ...part, connections: Math.max(1, Math.round(part.connections * scale)), seconds: part.seconds * scale };
    case 'stages':
      return { ...part, stages: scaledStages(part.stages, scale, scale) };
    case 'paced':
      return part;
    default:
      return { ...part, seconds: part.seconds * scale };
  }
}

function scaledStages(stages: readonly Stage[], ofTime: number, ofUsers: number): Stage[] {
  return stages.map(({ ms, users }) => ({ ms: ms * ofTime, users: Math.round(users * ofUsers) }));
}

/** How long they take in all. */
export const stageSeconds = (stages: readonly Stage[]): number => stages.reduce((sum, { ms }) => sum + ms / 1000, 0);

/** Of a run of everything, the parts beside the paced one get this share of its seconds in each round; a second and a half at least, in which 30 answers come on each connection of the loaded part. */
const partShare = 1 / 6;
const leastPartSeconds = 1.5;
/** The two minutes of S3-5 become twelve seconds there, and no more than one workload gets. */
const stagesShare = 0.1;

function everything(options: ProofOptions): PartPlan[] {
  const seconds = Math.max(leastPartSeconds, options.seconds * partShare);
  const rounds = options.runs;
  return [
    { kind: 'paced', shares: sharesOf(options) },
    { kind: 'loaded', seconds, rounds },
    { kind: 'saturated', seconds, rounds },
    { kind: 'scenarios', seconds, rounds },
    {
      kind: 'stages',
      stages: scaledStages(userStages, Math.min(stagesShare, options.seconds / stageSeconds(userStages)), 1),
    },
  ];
}

/** What a run consists of. */
export function planOf(options: ProofOptions): readonly PartPlan[] {
  const { profile, scale, mode, workload, connections, seconds } = options;
  if (profile !== null) return profilePlans[profile].map((part) => scaled(part, scale));
  if (mode === 'closed') return [{ kind: 'capacity', connections, seconds }];
  if (mode === 'ramp') return [{ kind: 'ramp', seconds }];
  return workload === 'mix' ? everything(options) : [{ kind: 'paced', shares: sharesOf(options) }];
}

/** What a profile's own numbers are in the words of options. A run of several parts is told by its first. */
export function profileNumbers(
  profile: ProfileName,
  scale: number,
): Pick<ProofOptions, 'mode' | 'perSecond' | 'seconds' | 'connections' | 'runs' | 'workload'> {
  const [first] = profilePlans[profile].map((part) => scaled(part, scale));
  const paced = {
    mode: 'open',
    perSecond: profileRate,
    connections: concurrentUsers,
    runs: 1,
    workload: 'mix',
  } as const;
  const closed = { ...paced, mode: 'closed', perSecond: 0 } as const;
  switch (first?.kind) {
    case 'capacity':
      return { ...closed, connections: first.connections, seconds: first.seconds };
    case 'stages':
      return { ...closed, connections: mostUsers(first.stages), seconds: stageSeconds(first.stages) };
    case 'endurance':
      return { ...paced, seconds: first.seconds };
    case 'loaded':
      return { ...closed, seconds: first.seconds };
    default:
      return { ...paced, seconds: loadSuiteSeconds * scale };
  }
}

/** Most users at a time. */
export function mostUsers(stages: readonly Stage[]): number {
  return Math.max(...stages.map(({ users }) => users));
}
