import type { MetricFamily } from './metric-families.ts';
import type { SecondsHistogram } from './seconds-histogram.ts';

/** Pairs of a label's name and its escaped value, without braces; '' for none. */
export type Labels = string;

export function labels(pairs: Readonly<Record<string, string>>): Labels {
  return Object.entries(pairs)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/**
 * A family of counters or gauges, in version 0.0.4 of Prometheus's text format
 * (https://prometheus.io/docs/instrumenting/exposition_formats/).
 */
export function family(of: MetricFamily, samples: readonly (readonly [Labels, number])[]): string {
  return head(of) + samples.map(([pairs, value]) => sample(of.name, pairs, value)).join('');
}

/** A family of histograms. */
export function histogramFamily(
  of: MetricFamily,
  histograms: readonly (readonly [Labels, SecondsHistogram])[],
): string {
  return head(of) + histograms.map(([pairs, histogram]) => histogramSamples(of.name, pairs, histogram)).join('');
}

function histogramSamples(name: string, pairs: Labels, histogram: SecondsHistogram): string {
  const prefix = pairs === '' ? '' : `${pairs},`;
  const buckets = histogram
    .cumulative()
    .map(([bound, count]) => sample(`${name}_bucket`, `${prefix}le="${formatted(bound)}"`, count));
  return (
    buckets.join('') + sample(`${name}_sum`, pairs, histogram.sum) + sample(`${name}_count`, pairs, histogram.count)
  );
}

function head({ name, help, type }: MetricFamily): string {
  return `# HELP ${name} ${help.replaceAll('\\', '\\\\')}\n# TYPE ${name} ${type}\n`;
}

function sample(name: string, pairs: Labels, value: number): string {
  return `${name}${pairs === '' ? '' : `{${pairs}}`} ${formatted(value)}\n`;
}

function formatted(value: number): string {
  return value === Infinity ? '+Inf' : String(value);
}
