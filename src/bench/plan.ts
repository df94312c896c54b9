export const scenarioNames = [
  'start-up',
  'throughput',
  'autocannon',
  'memory',
  'open-loop',
  'latency',
  'first-event',
  'streams',
  'traffic-control',
  'stages',
] as const;
export type ScenarioName = (typeof scenarioNames)[number];

/** How long and how often everything is measured. The figures of two plans are not to be compared. */
export interface Plan {
  readonly rounds: number;
  /** Load on each process before anything is measured: the compiler needs seconds of it. */
  readonly warmUpMs: number;
  readonly closedLoopMs: number;
  readonly autocannonRounds: number;
  readonly autocannonRequests: number;
  readonly memoryRequests: number;
  readonly openLoopRequests: number;
  readonly turns: number;
  readonly streamRounds: number;
  readonly streamSeconds: number;
  readonly startUps: number;
  /** The length of the stages, as a share of their full length. */
  readonly stageShare: number;
  /** A run that takes longer hangs, and is given up. */
  readonly limitMs: number;
}

const full: Plan = {
  rounds: 5,
  warmUpMs: 4000,
  closedLoopMs: 3000,
  autocannonRounds: 3,
  autocannonRequests: 15_000,
  memoryRequests: 200_000,
  openLoopRequests: 4000,
  turns: 60,
  streamRounds: 3,
  streamSeconds: 10,
  startUps: 9,
  stageShare: 1,
  limitMs: 600_000,
};

const quick: Plan = {
  rounds: 3,
  warmUpMs: 3000,
  closedLoopMs: 1200,
  autocannonRounds: 1,
  autocannonRequests: 8000,
  memoryRequests: 20_000,
  openLoopRequests: 1000,
  turns: 15,
  streamRounds: 1,
  streamSeconds: 4,
  startUps: 3,
  stageShare: 0.1,
  limitMs: 180_000,
};

export function planFor(options: { readonly quick: boolean; readonly rounds: number | null }): Plan {
  const plan = options.quick ? quick : full;
  const rounds = options.rounds ?? plan.rounds;
  return { ...plan, rounds, limitMs: plan.limitMs * Math.max(1, rounds / plan.rounds) };
}
