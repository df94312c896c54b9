import type { Interval } from '../proof/proof-report.ts';
import { formatNumber } from '../report.ts';

/** A figure with three digits that matter; shares as per cent. */
export function figure(value: number | null, unit: string): string {
  if (value === null) return '-';
  return unit === 'share' ? percent(value) : formatNumber(value);
}

/** A figure with its unit: `3.60 ms`, `0.02%`, `1,170 /s`; counts and ratios have none. */
export function figureWithUnit(value: number, unit: string): string {
  return ['share', 'ratio', 'count'].includes(unit) ? figure(value, unit) : `${figure(value, unit)} ${unit}`;
}

/** 0.0123: `1.23%`, 0.001: `0.1%`. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`;
}

/** 0.047: `+4.7%`. */
export function change(share: number): string {
  return `${share < 0 ? '-' : '+'}${(Math.abs(share) * 100).toFixed(1)}%`;
}

/** Milliseconds in a column: two digits behind the point, none from 100 on. */
export function milliseconds(ms: number): string {
  return Math.abs(ms) >= 100 ? formatNumber(ms) : ms.toFixed(2);
}

/** The 95 % interval of a figure, or nothing where it has none. */
export function intervalText(interval: Interval | null, unit: string): string {
  return interval === null ? '' : `${figure(interval.low, unit)} .. ${figure(interval.high, unit)}`;
}
