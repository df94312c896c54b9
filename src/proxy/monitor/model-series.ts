import type { Outcome, RequestRecord } from '../record.ts';
import { labels, type Labels } from './exposition.ts';

/** Pairs of a provider and a model with labels of their own; clients choose models, and each label is a series for ever. */
const maxPairs = 256;
const maxNameLength = 256;

/** Counters of one provider and one model. */
export interface ModelSeries {
  readonly labels: Labels;
  readonly outcomes: Map<Outcome, number>;
  input: number;
  cacheRead: number;
  cacheWrite: number;
  output: number;
  costUsd: number;
  unpriced: number;
}

export interface ModelSeriesTable {
  /** The counters of a record's provider and model; beyond the limit, those of the model `other`. */
  readonly of: (record: RequestRecord) => ModelSeries;
  readonly all: () => ModelSeries[];
}

/** Counters never restart, so no pair makes room for another: who comes too late is counted as `other`. */
export function createModelSeries(): ModelSeriesTable {
  const byProvider = new Map<string, Map<string, ModelSeries>>();
  let pairs = 0;
  function seriesOf(provider: string, model: string): ModelSeries {
    let byModel = byProvider.get(provider);
    if (!byModel) byProvider.set(provider, (byModel = new Map()));
    const known = byModel.get(model);
    if (known) return known;
    if (model !== 'other' && (pairs >= maxPairs || model.length > maxNameLength)) return seriesOf(provider, 'other');
    pairs++;
    const series = newSeries(provider, model);
    byModel.set(model, series);
    return series;
  }
  return {
    of: (record) => seriesOf(record.provider ?? 'none', record.model ?? 'none'),
    all: () => [...byProvider.values()].flatMap((byModel) => [...byModel.values()]),
  };
}

function newSeries(provider: string, model: string): ModelSeries {
  const none = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, costUsd: 0, unpriced: 0 };
  return { labels: labels({ provider, model }), outcomes: new Map(), ...none };
}
