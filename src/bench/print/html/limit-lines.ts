import { limitFrom } from '../../judge/limit.ts';
import type { JudgedReport } from '../../proof/proof-report.ts';
import { label, line, plot } from './picture.ts';

/** A target of the SLA that latencies of messages can be held against. */
export interface LimitLine {
  readonly ms: number;
  readonly text: string;
}

/** Targets for the latency of messages; those for what the proxy adds belong to no line of these pictures. */
export function limitLines({ sla }: Pick<JudgedReport, 'sla'>): LimitLine[] {
  return sla.flatMap(({ id, name, metric, target, unit }) => {
    const ms = limitFrom(target.replace(/ ms$/u, '').replaceAll(',', ''))?.value;
    if (ms === undefined || unit !== 'ms' || !metric.startsWith('messages.')) return [];
    return [{ ms, text: `${id}  ${name} ${target}` }];
  });
}

export function drawnLimits(limits: readonly LimitLine[], placeOf: (ms: number) => number): string[] {
  return limits.flatMap(({ ms, text }) => [
    line([plot.left, placeOf(ms)], [plot.right, placeOf(ms)], 'limit'),
    label({ x: plot.left + 6, y: placeOf(ms) - 5, text, className: 'limit-text' }),
  ]);
}
