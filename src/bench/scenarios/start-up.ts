import { runMs, type Children } from '../processes/children.ts';
import { freePort } from '../processes/port.ts';
import type { Measure } from '../measure.ts';
import { estimate, median, type Estimate } from '../statistics.ts';
import { startTokenpak, tokenpakCommand } from '../tokenpak.ts';

export interface StartUpBench {
  readonly plan: { readonly startUps: number };
  readonly children: Children;
  readonly progress: (text: string) => void;
}

/** The milliseconds until the proxy's port takes a connection, in a home that is new. Its upstream is never asked. */
async function boundMs(children: Children): Promise<number> {
  const upstreamPort = await freePort();
  const started = performance.now();
  const { stop } = await startTokenpak({ children, core: null, upstreamPort });
  const bound = performance.now() - started;
  await stop();
  return bound;
}

function measure(name: string, tokenpak: Estimate, limitMs: number): Measure {
  const judged = { what: 'ms', estimate: tokenpak, limit: { kind: 'at most', value: limitMs } } as const;
  return { name, unit: 'ms', direct: null, bareRelay: null, tokenpak: tokenpak.median, judged };
}

/** How long the commands take, against an empty Node program in the same minute. All cores may be used. */
export async function startUp({ plan, children, progress }: StartUpBench): Promise<Measure[]> {
  const empty: number[] = [];
  const help: number[] = [];
  const bound: number[] = [];
  for (let round = 0; round < plan.startUps; round += 1) {
    progress(`start-up, round ${round + 1}`);
    empty.push(await runMs(children, ['-e', '0']));
    help.push(await runMs(children, [tokenpakCommand, '--help']));
    bound.push(await boundMs(children));
  }
  const t = median(empty);
  return [
    { name: '`node -e 0` (t)', unit: 'ms', direct: t, bareRelay: null, tokenpak: null, judged: null },
    measure('`tokenpak --help`, within 1.6 t + 60 ms', estimate(help), 1.6 * t + 60),
    measure('`tokenpak start` to bound port, 400 ms or 6 t', estimate(bound), Math.max(400, 6 * t)),
  ];
}
