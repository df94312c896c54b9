import { formatNumber } from '../report.ts';
import { median } from '../statistics.ts';
import type { PipelineRun } from './run.ts';

/** Where and how the runs were made. */
export interface PipelineCircumstances {
  readonly node: string;
  readonly cores: number;
  readonly loadAverage: number;
  readonly seconds: number;
}

interface Row {
  readonly name: string;
  readonly unit: string;
  readonly of: (run: PipelineRun) => number;
}

const rows: readonly Row[] = [
  { name: 'time, all in', unit: 'µs', of: (run) => run.meanMicros },
  { name: 'time, p50', unit: 'µs', of: (run) => run.p50Micros },
  { name: 'time, p99', unit: 'µs', of: (run) => run.p99Micros },
  { name: "allocated on V8's heap", unit: 'bytes', of: (run) => run.bytes },
  { name: 'of the time, collecting it', unit: '%', of: (run) => run.collectingShare * 100 },
];

function cells(row: Row, runs: readonly PipelineRun[]): string[] {
  const values = runs.map(row.of);
  const [middle, low, high] = [median(values), Math.min(...values), Math.max(...values)];
  const spread = `${formatNumber(((high - low) / middle) * 100)} %`;
  return [row.name, formatNumber(middle), formatNumber(low), formatNumber(high), row.unit, spread];
}

const heading = ['per exchange', 'median', 'lowest', 'highest', '', 'spread'];
const leftAligned = new Set([0, 4]);

/** The runs side by side. The spread is from the lowest run to the highest, as a share of the median. */
export function pipelineReport(runs: readonly PipelineRun[], on: PipelineCircumstances): string {
  const lines = [heading, ...rows.map((row) => cells(row, runs))];
  const widths = heading.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const align = (cell: string, column: number): string =>
    leftAligned.has(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  const exchanges = runs.reduce((sum, run) => sum + run.exchanges, 0).toLocaleString('en');
  const times = runs.length === 1 ? 'one run' : `${runs.length} runs`;
  return [
    `the pipeline in one process, no sockets: node ${on.node}, ${on.cores} cores, load ${on.loadAverage.toFixed(1)} before`,
    `${times} of ${on.seconds} s, ${exchanges} exchanges one after the other, 1 KB each way; everything on, the ledger too`,
    '',
    ...lines.map((line) => line.map(align).join('  ').trimEnd()),
  ].join('\n');
}
