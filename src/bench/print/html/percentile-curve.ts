import type { CurvePoint, JudgedReport, ProofTarget } from '../../proof/proof-report.ts';
import { figure } from '../figures.ts';
import { drawnLimits, limitLines } from './limit-lines.ts';
import { bottomAxis, curve, dot, picture, plot, targetClass, timeAxis } from './picture.ts';
import { linearScale, logScale } from './scale.ts';

const namedQuantiles = [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999];

/**
 * Latency by percentile, on an axis of nines: 90 %, 99 % and 99.9 % are equally far apart, so that the rare slow ones are
 * seen. Null where there is nothing to draw.
 */
export function percentileCurve(report: JudgedReport): string | null {
  const points = report.curve.filter(({ ms }) => Number.isFinite(ms));
  if (points.length === 0) return null;
  const limits = limitLines(report);
  const most = Math.max(1, ...points.filter(({ quantile }) => quantile < 1).map(({ quantile }) => nines(quantile)));
  const x = linearScale([0, most + 0.15], [plot.left, plot.right]);
  const y = logScale([...points.map(({ ms }) => ms), ...limits.map(({ ms }) => ms)], [plot.bottom, plot.top]);
  const placeOf = ({ quantile, ms }: CurvePoint): readonly [number, number] => [
    quantile < 1 ? x.place(nines(quantile)) : plot.right,
    y.place(ms),
  ];
  const ticks = namedQuantiles.filter((quantile) => nines(quantile) <= most + 0.01);
  return picture('Latency of messages by percentile', [
    ...timeAxis(y.ticks, y.place),
    ...bottomAxis(
      ticks.map((quantile) => [x.place(nines(quantile)), percentText(quantile)] as const),
      'of all requests were at least as fast; the maximum at the right edge',
    ),
    ...drawnLimits(limits, y.place),
    ...drawnTargets(points, placeOf),
  ]);
}

function drawnTargets(
  points: readonly CurvePoint[],
  placeOf: (point: CurvePoint) => readonly [number, number],
): string[] {
  return (Object.keys(targetClass) as ProofTarget[]).flatMap((target) => {
    const own = points.filter((point) => point.target === target).toSorted((a, b) => a.quantile - b.quantile);
    if (own.length === 0) return [];
    const name = targetClass[target];
    const tells = ({ quantile, ms }: CurvePoint): string =>
      `${target}, ${quantile < 1 ? percentText(quantile) : 'maximum'}: ${figure(ms, 'ms')} ms`;
    return [
      curve(own.map(placeOf), `line ${name}`),
      ...own.map((point) => dot(placeOf(point), `dot ${name}`, tells(point))),
    ];
  });
}

/** 0.9: 1; 0.99: 2. */
const nines = (quantile: number): number => Math.log10(1 / (1 - quantile));

const percentText = (quantile: number): string => `${Number((quantile * 100).toFixed(5))}%`;
