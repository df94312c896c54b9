import type { Bench } from '../bench.ts';
import type { Measure } from '../measure.ts';
import { hasTerminals } from '../watched-tokenpak.ts';
import { calmScreen } from './calm-screen.ts';
import { firstPaint } from './first-paint.ts';
import { manyFrames } from './many-frames.ts';
import { pairMeasures, screenPairs } from './screen-pairs.ts';

const skipped: Measure = {
  name: 'SKIPPED, all that needs a terminal: there is no `script` of util-linux',
  ...{ unit: '', direct: null, bareRelay: null, tokenpak: null, judged: null },
};

/** What the dashboard costs: the requests, the processor, the terminal, and the memory. */
export async function dashboard(bench: Bench): Promise<Measure[]> {
  const frames = await manyFrames(bench);
  if (!hasTerminals()) return [skipped, ...frames];
  const painted = await firstPaint(bench);
  const calm = await calmScreen(bench);
  return [...pairMeasures(await screenPairs(bench)), ...calm, ...painted, ...frames];
}
