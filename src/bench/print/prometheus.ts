import { plainText } from '../../tui/plain-text.ts';
import type { JudgedReport, Metric } from '../proof/proof-report.ts';
import { latencyRows, percentileColumns } from './latency-rows.ts';

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Family {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** How a unit is called in a name, and what leads to it: Prometheus wants base units. */
const baseUnits: Readonly<Record<string, readonly [suffix: string, help: string, factor: number]>> = {
  ms: ['seconds', 'A time', 0.001],
  MB: ['bytes', 'An amount of memory', 1_000_000],
  share: ['share', 'A part of a whole, 0 to 1', 1],
  ratio: ['ratio', 'A figure, divided by what it is held against', 1],
  '/s': ['per_second', 'A rate', 1],
  count: ['number', 'A number of things', 1],
};

/**
 * The report for a Prometheus Pushgateway, in
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format. All are gauges: a run is over.
 */
export function reportMetrics(report: JudgedReport): string {
  return families(report)
    .map((family) => ({ ...family, samples: family.samples.filter(({ value }) => Number.isFinite(value)) }))
    .filter(({ samples }) => samples.length > 0)
    .map(familyText)
    .join('');
}

function families(report: JudgedReport): Family[] {
  const { version, node, at, mode, cores, commit, perSecond } = report.run;
  const labels = { version, node, mode, cores: String(cores), commit: commit ?? '', rps: String(perSecond) };
  const verdicts = ['PASS', 'FAIL', 'INVALID'] as const;
  return [
    one('run_info', 'How the run was made.', [{ labels, value: 1 }]),
    one('run_timestamp_seconds', 'When the run was made.', [{ labels: {}, value: Date.parse(at) / 1000 }]),
    one(
      'verdict',
      'The verdict of the run: 1 for the one that it is.',
      verdicts.map((verdict) => ({ labels: { verdict }, value: verdict === report.verdict ? 1 : 0 })),
    ),
    ...latencyFamilies(report),
    ...Object.entries(baseUnits).map(([unit, names]) => metricFamily(report, unit, names)),
    one(
      'target_passed',
      'A target of the SLA: 1 where it is met, 0 where it is not; those that were not measured are left out.',
      report.sla.flatMap(({ id, metric, value, verdict }) =>
        value === null ? [] : [{ labels: { id, metric }, value: verdict === 'pass' ? 1 : 0 }],
      ),
    ),
    one(
      'worse_ratio',
      'By how much a figure is worse than in the baseline.',
      (report.baseline?.results ?? []).map(({ metric, worse }) => ({ labels: { metric }, value: worse })),
    ),
  ];
}

function latencyFamilies(report: JudgedReport): Family[] {
  const rows = latencyRows(report);
  return [
    one(
      'latency_seconds',
      'Latencies from the time at which each request was due.',
      rows.flatMap(({ name, ms }) =>
        percentileColumns.map(([heading, key]) => ({ labels: { row: name, point: heading }, value: ms[key] / 1000 })),
      ),
    ),
    one(
      'requests',
      'Requests of the run.',
      rows.flatMap(({ name, count }) => (count === null ? [] : [{ labels: { row: name }, value: count }])),
    ),
    one(
      'errors',
      'Requests that were not answered as they should be.',
      rows.flatMap(({ name, errors }) => (errors === null ? [] : [{ labels: { row: name }, value: errors }])),
    ),
  ];
}

function metricFamily(
  { metrics }: JudgedReport,
  unit: string,
  [suffix, help, factor]: readonly [string, string, number],
): Family {
  const samples = Object.entries(metrics).flatMap(([metric, figure]) =>
    figure.unit === unit ? metricSamples(metric, figure, factor) : [],
  );
  return one(`metric_${suffix}`, `${help}, with the 95 percent interval where there is one.`, samples);
}

function metricSamples(metric: string, { value, interval }: Metric, factor: number): Sample[] {
  const sample = (bound: string, amount: number): Sample => ({ labels: { metric, bound }, value: amount * factor });
  const bounds = interval === null ? [] : [sample('low', interval.low), sample('high', interval.high)];
  return [sample('value', value), ...bounds];
}

const one = (name: string, help: string, samples: readonly Sample[]): Family => ({
  name: `tokenpak_bench_${name}`,
  help,
  samples,
});

function familyText({ name, help, samples }: Family): string {
  const lines = samples.map(({ labels, value }) => `${name}${labelsText(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escaped = (text: string): string =>
  plainText(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
