import type { Bench } from '../bench.ts';
import type { Measure } from '../measure.ts';
import { rssMb } from '../processes/usage.ts';
import { estimate, median } from '../statistics.ts';

/** The medians of a series' first, middle and last third. */
export function thirds(series: readonly number[]): [number, number, number] {
  const cut = series.length / 3;
  const part = (n: number): number => median(series.slice(Math.floor(n * cut), Math.floor((n + 1) * cut)));
  return [part(0), part(1), part(2)];
}

const sampleEveryMs = 100;

/** tokenpak's memory over many requests in a row: how much it is in the end, and whether it still grows. */
export async function memory(bench: Bench): Promise<Measure[]> {
  const requests = bench.plan.memoryRequests;
  bench.progress(`memory: ${requests} requests`);
  const series: number[] = [];
  const timer = setInterval(() => series.push(rssMb(bench.tokenpak.pid)), sampleEveryMs);
  try {
    await bench.run({ kind: 'closed-loop', port: bench.tokenpak.port, connections: 64, until: { requests } });
  } finally {
    clearInterval(timer);
  }
  const rss = rssMb(bench.tokenpak.pid);
  const [, middle, last] = thirds(series);
  return [
    {
      name: `memory after ${requests.toLocaleString('en')} requests`,
      unit: 'MB',
      direct: null,
      bareRelay: rssMb(bench.bareRelay.pid),
      tokenpak: rss,
      judged: { what: 'MB', estimate: estimate([rss]), limit: { kind: 'at most', value: 160 } },
    },
    {
      name: 'memory in the last third of them',
      unit: 'MB',
      direct: null,
      bareRelay: null,
      tokenpak: last,
      judged: {
        what: 'of the middle third',
        estimate: estimate([last / middle]),
        limit: { kind: 'at most', value: 1.05 },
      },
    },
  ];
}
