import { Histogram } from './histogram.ts';
import type { LoadOutcome } from './proof-jobs.ts';
import type { ProofRow, ProofTarget, WorkloadName } from './proof-report.ts';
import { quantileInterval } from './quantile-interval.ts';

const workloadTitles: Readonly<Record<WorkloadName, string>> = {
  health: '/health',
  stats: '/stats',
  passthrough: 'messages',
  stream: 'stream first byte',
  'large-20k': '20 KB',
  'large-200k': '200 KB',
  'large-1m': '1 MB',
  error: 'error',
  cache: 'reply cache',
  translation: 'translation',
};

/** As people read it: `messages proxied`. Own endpoints have one side only. */
export function rowName(workload: WorkloadName, target: ProofTarget): string {
  const title = workloadTitles[workload];
  return workload === 'health' || workload === 'stats' ? title : `${title} ${target}`;
}

/** What several jobs of one workload to one target came to. */
export class RowTally {
  readonly workload: WorkloadName;
  readonly target: ProofTarget;
  readonly latency = new Histogram();
  readonly gaps = new Histogram();
  readonly lateness = new Histogram();
  /** By the second of the run in which each request was due, one job after the other. */
  readonly seconds: Histogram[] = [];
  count = 0;
  errors = 0;
  invalidJson = 0;
  late = 0;
  elapsedMs = 0;
  firstError: string | null = null;

  constructor(workload: WorkloadName, target: ProofTarget) {
    this.workload = workload;
    this.target = target;
  }

  /** @param secondsEach how many seconds of the run stand as one in `seconds` */
  add(outcome: LoadOutcome, secondsEach = 1): void {
    const { latency, firstByte, gaps, lateness, bySecond } = outcome;
    this.latency.merge(Histogram.from(firstByte ?? latency));
    if (gaps !== null) this.gaps.merge(Histogram.from(gaps));
    if (lateness !== null) this.lateness.merge(Histogram.from(lateness));
    for (let at = 0; at < bySecond.length; at += secondsEach) {
      const some = new Histogram();
      for (const data of bySecond.slice(at, at + secondsEach)) some.merge(Histogram.from(data));
      this.seconds.push(some);
    }
    this.count += outcome.count;
    this.errors += outcome.errors;
    this.invalidJson += outcome.invalidJson;
    this.late += outcome.late;
    this.elapsedMs += outcome.elapsedMs;
    this.firstError ??= outcome.firstError;
  }

  get errorRate(): number {
    return this.count === 0 ? 0 : this.errors / this.count;
  }

  get perSecond(): number {
    return (this.count / this.elapsedMs) * 1000;
  }

  row(): ProofRow {
    const { workload, target, count, errors, latency } = this;
    const name = rowName(workload, target);
    return {
      name,
      workload,
      target,
      count,
      errors,
      ms: latency.percentiles(),
      p99Interval: quantileInterval(latency, 0.99),
    };
  }
}
