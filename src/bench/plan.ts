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
  'dashboard',
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
  readonly dashboard: DashboardPlan;
  /** A run that takes longer hangs, and is given up. */
  readonly limitMs: number;
}

/** The dashboard, which is measured only by its name. Its rounds are pairs, with the screen and without. */
interface DashboardPlan {
  readonly pairs: number;
  /** Of each half of a pair. */
  readonly busySeconds: number;
  /** At one request a second, and then with none. */
  readonly calmSeconds: number;
  readonly startUps: number;
  readonly frames: number;
  /** After so many frames the heap has settled. */
  readonly settledAfter: number;
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
  dashboard: {
    ...{ pairs: 6, busySeconds: 60, calmSeconds: 60, startUps: 5 },
    ...{ frames: 10_000, settledAfter: 1000, limitMs: 1_800_000 },
  },
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
  dashboard: {
    ...{ pairs: 2, busySeconds: 15, calmSeconds: 15, startUps: 3 },
    ...{ frames: 3000, settledAfter: 1000, limitMs: 400_000 },
  },
  limitMs: 180_000,
};

export interface PlanOptions {
  readonly quick: boolean;
  /** Null: as many as the plan says. */
  readonly rounds: number | null;
  readonly only?: ScenarioName | null;
}

export function planFor({ quick: isQuick, rounds, only }: PlanOptions): Plan {
  const plan = isQuick ? quick : full;
  const { pairs, limitMs } = plan.dashboard;
  const usual = only === 'dashboard' ? { rounds: pairs, limitMs } : plan;
  const asked = rounds ?? usual.rounds;
  return { ...plan, rounds: asked, limitMs: usual.limitMs * Math.max(1, asked / usual.rounds) };
}
