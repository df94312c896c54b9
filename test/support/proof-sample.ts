import type {
  CurvePoint,
  Metrics,
  Percentiles,
  ProofReport,
  ProofRow,
  ProofTarget,
} from '../../src/bench/proof/proof-report.ts';

const percentiles = (p50: number, times = 1): Percentiles => ({
  p50: p50 * times,
  p90: p50 * 1.5 * times,
  p95: p50 * 1.9 * times,
  p99: p50 * 4.3 * times,
  p999: p50 * 7 * times,
  max: p50 * 10.2 * times,
});

const row = (name: string, workload: ProofRow['workload'], target: ProofTarget, ms: Percentiles): ProofRow => ({
  ...{ name, workload, target, count: 9000, errors: 0, ms },
  p99Interval: { low: ms.p99 * 0.93, high: ms.p99 * 1.1 },
});

const seconds = Array.from({ length: 30 }, (_, second) => second);
const medians = { direct: 0.61, 'bare relay': 0.98, proxied: 1.38 } as const;
const targets = ['direct', 'bare relay', 'proxied'] as const;

function curveOf(target: ProofTarget): CurvePoint[] {
  const quantiles = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 1];
  return quantiles.map((quantile) => ({
    ...{ target, quantile },
    ms: medians[target] * (0.6 + 0.55 * Math.log10(1 / Math.max(1 - quantile, 0.000_05)) ** 1.6),
  }));
}

const ms = (value: number): Metrics[string] => ({ value, unit: 'ms', interval: null });

function metricsOf(times: number): Metrics {
  return {
    'health.p50': ms(0.41),
    'health.p95': ms(0.78),
    'health.p99': ms(1.62),
    'health.error_rate': { value: 0, unit: 'share', interval: { low: 0, high: 0.0001 } },
    'messages.p50': ms(1.38 * times),
    'messages.p99': { value: 5.93 * times, unit: 'ms', interval: { low: 5.51 * times, high: 6.52 * times } },
    'messages.p999': ms(9.71 * times),
    'overhead.p99': { value: 3.6 * times, unit: 'ms', interval: { low: 3.31 * times, high: 4.02 * times } },
    'overhead.client.p50': ms(0.74 * times),
    'rate.achieved': { value: 100, unit: '/s', interval: null },
    'saturated.p99_ratio': { value: 1.4 * times, unit: 'ratio', interval: null },
    'errors.rate': { value: 0, unit: 'share', interval: { low: 0, high: 0.000_12 } },
    'capacity.rps': { value: 900, unit: '/s', interval: null },
  };
}

/** What a run could have found, for tests of what is made of it: no figure here was measured. `times` slows the proxy. */
export function sampleReport({ times = 1, ...changes }: Partial<ProofReport> & { times?: number } = {}): ProofReport {
  return {
    run: {
      ...{ version: '0.1.0', at: '2026-11-22T12:04:31.000Z', node: '20.20.2', platform: 'linux x64' },
      ...{
        cpu: 'Example CPU @ 2.00GHz',
        cores: 2,
        memoryMb: 7950,
        loadAverage: 0.4,
        commit: '3f2a91c',
        isPinned: true,
      },
      ...{ profile: null, scale: 1, mode: 'open' as const, perSecond: 100, seconds: 30, warmUpSeconds: 3, runs: 3 },
      ...{ connections: 100, seed: 1, arrival: 'even' as const, mockDelayMs: 0, elapsedSeconds: 212.4 },
    },
    rows: [
      row('/health', 'health', 'proxied', percentiles(0.41)),
      row('/stats', 'stats', 'proxied', percentiles(0.55)),
      row('messages direct', 'passthrough', 'direct', percentiles(0.61)),
      row('messages bare relay', 'passthrough', 'bare relay', percentiles(0.98)),
      row('messages proxied', 'passthrough', 'proxied', percentiles(1.38, times)),
      row('stream first byte', 'stream', 'proxied', percentiles(1.71, times)),
    ],
    overhead: { proxy: percentiles(0.52, times), client: percentiles(0.74, times) },
    metrics: metricsOf(times),
    rate: { offeredPerSecond: 100, achievedPerSecond: 100, lateShare: 0.0002, generatorLagP99Ms: 0.6 },
    proxy: { cpuPercent: 11, rssFirstMb: 92, rssMaxMb: 97, loopLagP99Ms: 1.9 },
    stages: [
      { stage: 'auth', count: 27_000, p50Ms: 0.002, p99Ms: 0.02 },
      { stage: 'provider', count: 27_000, p50Ms: 0.6, p99Ms: 2.2 },
      { stage: 'total', count: 27_000, p50Ms: 1.2, p99Ms: 4.9 },
    ],
    timeline: seconds.flatMap((second) =>
      targets.map((target) => ({
        ...{ second, target, count: 100, p50Ms: medians[target] * (1 + 0.1 * Math.sin(second)) },
        p99Ms: medians[target] * (3 + Math.sin(second * 1.7) + (second === 17 ? 4 : 0)),
      })),
    ),
    curve: targets.flatMap(curveOf),
    accounting: { sent: 27_000, stats: 27_000, ledger: 27_000 },
    notes: ['cache: not available, tokenpak has no reply cache yet', 'translation: not available yet'],
    invalid: [],
    ...changes,
  };
}
