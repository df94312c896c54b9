import { stageMs } from '../stage-times.ts';
import { type Labels, family, histogramFamily, labels } from './exposition.ts';
import { createKeyMetrics, type KeyTimes } from './key-metrics.ts';
import type { Measured } from './measured.ts';
import { metricFamilies as families } from './metric-families.ts';
import { createModelSeries, type ModelSeries } from './model-series.ts';
import { trafficFamilies, type TrafficNumbers } from './traffic-families.ts';
import { overheadBounds, requestBounds, SecondsHistogram } from './seconds-histogram.ts';

/** What is read at the moment of asking. */
export interface Gauges {
  readonly inFlight: number;
  readonly retryBudgets: readonly RetryLevel[];
  /** Requests that the proxy itself could not take, by reason. */
  readonly shed: Readonly<Record<string, number>>;
  readonly ledgerDropped: number;
  readonly residentBytes: number;
  readonly heapUsedBytes: number;
}

/** Attempts at a provider that may be repeated at once, and those that were. */
export interface RetryLevel {
  readonly provider: string;
  readonly left: number;
  readonly taken: number;
}

export interface MetricsOptions {
  readonly version: string;
  readonly instance: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
}

export interface Metrics {
  readonly add: (measured: Measured) => void;
  readonly keyTimes: KeyTimes;
  /** The text of `/metrics`. */
  readonly render: (gauges: Gauges, traffic: TrafficNumbers) => string;
}

/** Counts what Prometheus asks for. */
export function createMetrics({ version, instance, startedAt }: MetricsOptions): Metrics {
  const request = new SecondsHistogram(requestBounds);
  const overhead = new SecondsHistogram(overheadBounds);
  const providers = new Map<string, SecondsHistogram>();
  const stages = new Map<string, SecondsHistogram>();
  const models = createModelSeries();
  const keys = createKeyMetrics();
  let errors = 0;
  return {
    keyTimes: keys.times,
    add(measured) {
      const { record, latency } = measured;
      request.record(latency.total);
      overhead.record(latency.overhead);
      for (const { provider, ms } of record.attempts) histogramOf(providers, provider, requestBounds).record(ms);
      for (let index = 0; index < record.stages.length; index++) {
        histogramOf(stages, record.stages[index]!.stage, overheadBounds).record(stageMs(record, index));
      }
      addToModel(models.of(record), measured);
      if (measured.isError) errors++;
    },
    render: (gauges, traffic) =>
      [
        histogramFamily(families.requestDuration, [['', request]]),
        histogramFamily(families.overhead, [['', overhead]]),
        histogramFamily(families.providerDuration, labelled('provider', providers)),
        histogramFamily(families.stageDuration, labelled('stage', stages)),
        ...keys.render(),
        ...modelFamilies(models.all()),
        family(families.errors, [['', errors]]),
        ...trafficFamilies(traffic),
        ...gaugeFamilies(gauges),
        family(families.startTime, [['', startedAt / 1000]]),
        family(families.buildInfo, [[labels({ version, instance }), 1]]),
      ].join(''),
  };
}

/** Providers and stages stand in the configuration and the code: their number needs no limit. */
function histogramOf(histograms: Map<string, SecondsHistogram>, name: string, bounds: number[]): SecondsHistogram {
  let histogram = histograms.get(name);
  if (!histogram) histograms.set(name, (histogram = new SecondsHistogram(bounds)));
  return histogram;
}

function labelled(label: string, histograms: Map<string, SecondsHistogram>): [Labels, SecondsHistogram][] {
  return [...histograms].map(([name, histogram]) => [labels({ [label]: name }), histogram]);
}

function addToModel(series: ModelSeries, { record, picodollars, isUnpriced }: Measured): void {
  const { outcome, tokens } = record;
  if (outcome !== null) series.outcomes.set(outcome, (series.outcomes.get(outcome) ?? 0) + 1);
  if (tokens) {
    series.input += tokens.input;
    series.cacheRead += tokens.cacheRead;
    series.cacheWrite += tokens.cacheWrite;
    series.output += tokens.output;
  }
  series.costUsd += picodollars / 1e12;
  if (isUnpriced) series.unpriced++;
}

function modelFamilies(all: readonly ModelSeries[]): string[] {
  const classes = (series: ModelSeries): (readonly [string, number])[] => [
    ['input', series.input],
    ['cache_read', series.cacheRead],
    ['cache_write', series.cacheWrite],
    ['output', series.output],
  ];
  return [
    family(
      families.requests,
      all.flatMap(({ labels: of, outcomes }) => [...outcomes].map(([outcome, n]) => [`${of},outcome="${outcome}"`, n])),
    ),
    family(
      families.tokens,
      all.flatMap((series) => classes(series).map(([name, n]) => [`${series.labels},class="${name}"`, n])),
    ),
    family(
      families.cost,
      all.map((series) => [series.labels, series.costUsd]),
    ),
    family(
      families.unpriced,
      all.map((series) => [series.labels, series.unpriced]),
    ),
  ];
}

function gaugeFamilies(gauges: Gauges): string[] {
  const byProvider = (value: (level: RetryLevel) => number): (readonly [Labels, number])[] =>
    gauges.retryBudgets.map((level) => [labels({ provider: level.provider }), value(level)]);
  return [
    family(families.inFlight, [['', gauges.inFlight]]),
    family(
      families.shed,
      Object.entries(gauges.shed).map(([reason, n]) => [labels({ reason }), n]),
    ),
    family(
      families.retryBudget,
      byProvider(({ left }) => left),
    ),
    family(
      families.retries,
      byProvider(({ taken }) => taken),
    ),
    family(families.ledgerDropped, [['', gauges.ledgerDropped]]),
    family(families.residentMemory, [['', gauges.residentBytes]]),
    family(families.heapUsed, [['', gauges.heapUsedBytes]]),
  ];
}
