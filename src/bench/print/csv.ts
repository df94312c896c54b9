import { oneLine } from '../../tui/cells.ts';
import type { JudgedReport, SlaResult } from '../proof/proof-report.ts';
import { latencyRows, percentileColumns } from './latency-rows.ts';

const columns = ['section', 'name', 'figure', 'value', 'unit', 'low', 'high', 'target', 'verdict'] as const;

/** One figure; what it has not got is empty. */
type Fields = Partial<Record<(typeof columns)[number], string | number | null>>;

/** What a spreadsheet takes for the beginning of a formula. */
const formula = /^\s*[=+\-@|]/u;

/**
 * The report as CSV by https://www.rfc-editor.org/rfc/rfc4180, a figure in each line, with a header. Lines end with
 * CR and LF.
 */
export function reportCsv(report: JudgedReport): string {
  const lines = [
    columns.join(','),
    ...fieldsOf(report).map((fields) => columns.map((column) => field(fields[column])).join(',')),
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}

function fieldsOf(report: JudgedReport): Fields[] {
  return [
    { section: 'report', name: 'verdict', verdict: report.verdict },
    ...report.invalid.map((reason): Fields => ({ section: 'report', name: 'invalid', target: reason })),
    ...latencyFields(report),
    ...Object.entries(report.metrics).map(([name, { value, unit, interval }]): Fields => ({
      section: 'metric',
      name,
      value,
      unit,
      ...interval,
    })),
    ...report.sla.map((result) => judgedFields('sla', result)),
    ...report.conditions.map((result) => judgedFields('condition', result)),
    ...(report.baseline?.results ?? []).map(({ metric, now, before, limit, verdict }): Fields => ({
      ...{ section: 'baseline', name: metric, value: now, verdict },
      target: `${before} and at most ${limit} worse`,
    })),
    ...report.stages.flatMap(({ stage, count, p50Ms, p99Ms }): Fields[] => [
      { section: 'stage', name: stage, figure: 'count', value: count, unit: 'count' },
      { section: 'stage', name: stage, figure: 'p50', value: p50Ms, unit: 'ms' },
      { section: 'stage', name: stage, figure: 'p99', value: p99Ms, unit: 'ms' },
    ]),
    ...report.published.map(({ metric, published, ours }): Fields => ({
      ...{ section: 'published', name: metric, value: ours },
      target: `${published} as published by ${report.publishedBy.of}`,
    })),
  ];
}

function latencyFields(report: JudgedReport): Fields[] {
  return latencyRows(report).flatMap(({ name, count, errors, ms, p99Interval }): Fields[] => [
    ...(count === null ? [] : [{ section: 'latency', name, figure: 'count', value: count, unit: 'count' }]),
    ...(errors === null ? [] : [{ section: 'latency', name, figure: 'errors', value: errors, unit: 'count' }]),
    ...percentileColumns.map(([heading, key]): Fields => ({
      ...{ section: 'latency', name, figure: heading, value: ms[key], unit: 'ms' },
      ...(key === 'p99' ? p99Interval : null),
    })),
  ]);
}

function judgedFields(section: string, { id, metric, value, unit, interval, target, verdict }: SlaResult): Fields {
  return { section, name: id, figure: metric, value, unit, ...interval, target, verdict };
}

function field(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return numberField(value);
  const text = oneLine(value);
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",\n\r]|^\s|\s$/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Six digits that matter are more than any clock of ours has. */
function numberField(value: number): string {
  if (!Number.isFinite(value)) return '';
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
}
