import type { JudgedReport } from '../../proof/proof-report.ts';
import { figure } from '../figures.ts';
import { bottomAxis, dot, label, line, picture, plot } from './picture.ts';
import { logScale } from './scale.ts';

const rowHeight = 26;
const namesWidth = 130;

/** From the median to p99 of each stage of the proxy. Null where there is nothing to draw. */
export function stageTimes({ stages }: JudgedReport): string | null {
  const shown = stages.filter(({ count }) => count > 0);
  if (shown.length === 0) return null;
  const x = logScale(
    shown.flatMap(({ p50Ms, p99Ms }) => [p50Ms, p99Ms]),
    [plot.left + namesWidth, plot.right - 60],
  );
  const bottom = plot.top + shown.length * rowHeight;
  const rows = shown.flatMap(({ stage, p50Ms, p99Ms, count }, index) => {
    const y = plot.top + (index + 0.5) * rowHeight;
    const tells = (name: string, ms: number): string => `${stage}, ${name} of ${count}: ${figure(ms, 'ms')} ms`;
    return [
      label({ x: plot.left + namesWidth - 12, y: y + 4, text: stage, anchor: 'end' }),
      line([x.place(p50Ms), y], [x.place(p99Ms), y], 'range'),
      dot([x.place(p50Ms), y], 'dot median', tells('median', p50Ms)),
      dot([x.place(p99Ms), y], 'dot proxied', tells('p99', p99Ms)),
      label({ x: x.place(p99Ms) + 8, y: y + 4, text: `${figure(p99Ms, 'ms')} ms` }),
    ];
  });
  const grid = x.ticks.map((ms) => line([x.place(ms), plot.top], [x.place(ms), bottom], 'grid'));
  const ticks = x.ticks.map((ms) => [x.place(ms), String(ms)] as const);
  const axis = bottomAxis(ticks, 'ms: the median at the left, p99 at the right');
  const down = `<g transform="translate(0 ${bottom - plot.bottom})">${axis.join('\n')}</g>`;
  return picture('Where the time goes in the proxy', [...grid, ...rows, down], bottom + plot.height - plot.bottom);
}
