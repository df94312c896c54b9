import type { JudgedReport, ProofTarget, TimelinePoint } from '../../proof/proof-report.ts';
import { drawnLimits, limitLines } from './limit-lines.ts';
import { bottomAxis, curve, picture, plot, targetClass, timeAxis } from './picture.ts';
import { linearScale, logScale } from './scale.ts';

/** The median and p99 of each second, for each target. Null where there is nothing to draw. */
export function latencyOverTime(report: JudgedReport): string | null {
  const points = report.timeline.filter(({ count }) => count > 0);
  if (points.length === 0) return null;
  const limits = limitLines(report);
  const seconds = points.map(({ second }) => second);
  const x = linearScale([Math.min(...seconds), Math.max(...seconds)], [plot.left, plot.right]);
  const times = points.flatMap(({ p50Ms, p99Ms }) => [p50Ms, p99Ms]);
  const y = logScale([...times, ...limits.map(({ ms }) => ms)], [plot.bottom, plot.top]);
  return picture('Latency of messages over the time of the run', [
    ...timeAxis(y.ticks, y.place),
    ...bottomAxis(
      x.ticks.map((second) => [x.place(second), String(second)] as const),
      'second of the run; p99 drawn, the median thin',
    ),
    ...drawnLimits(limits, y.place),
    ...(Object.keys(targetClass) as ProofTarget[]).flatMap((target) => {
      const own = points.filter((point) => point.target === target).toSorted((a, b) => a.second - b.second);
      const along = (ms: (point: TimelinePoint) => number): (readonly [number, number])[] =>
        own.map((point) => [x.place(point.second), y.place(ms(point))] as const);
      const name = targetClass[target];
      if (own.length === 0) return [];
      return [
        curve(
          along(({ p50Ms }) => p50Ms),
          `thin ${name}`,
        ),
        curve(
          along(({ p99Ms }) => p99Ms),
          `line ${name}`,
        ),
      ];
    }),
  ]);
}
