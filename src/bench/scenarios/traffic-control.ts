import type { Bench } from '../bench.ts';
import type { Measure } from '../measure.ts';
import { rssMb } from '../processes/usage.ts';
import { inTurn } from '../rounds.ts';
import { estimate, median } from '../statistics.ts';
import type { Tokenpak } from '../tokenpak.ts';

const keys = 100_000;
const models = 10_000;
const connections = 64;

/** Nothing of it is ever reached: what is measured is the cost of looking. */
function everythingOn(upstreamPort: number): string {
  const upstream = `http://127.0.0.1:${upstreamPort}`;
  return `
limits:
  - { per: key, requests: 1000000/s, burst: 2000000 }
  - { per: ip, concurrent: 4096 }
  - { per: model, match: 'claude-*', tokens: 900000000000/min }
budgets:
  - { name: day, per: all, usd: 9000, window: day, mode: hard, unpriced: allow }
  - { name: key, per: key, usd: 9000, window: month, mode: hard, unpriced: allow }
providers:
  backup: { baseUrl: '${upstream}', dialects: [anthropic-messages], apiKeyEnv: none }
routes:
  - { match: { model: 'gpt-*' }, targets: [openai] }
  - { match: { model: 'claude-*' }, targets: [anthropic, backup] }
`;
}

const everythingOff = 'breaker: { enabled: false }\n';

interface Pair<T> {
  readonly off: T;
  readonly on: T;
}

interface Round {
  readonly perSecond: Pair<number>;
  readonly p50: Pair<number>;
}

/** An access key, three limits, two budgets, routes and circuit breakers, against none of it, in one run. */
export async function trafficControl(bench: Bench): Promise<Measure[]> {
  const proxies = {
    off: await bench.start({ config: everythingOff, keys: 0 }),
    on: await bench.start({ config: everythingOn(bench.direct.port), keys }),
  };
  const both = [proxies.off, proxies.on];
  for (const proxy of both) await perSecond(bench, proxy, bench.plan.warmUpMs);
  const rounds: Round[] = [];
  for (let round = 0; round < bench.plan.rounds; round += 1) {
    bench.progress(`traffic control, round ${round + 1} of ${bench.plan.rounds}`);
    rounds.push(await runRound(bench, proxies, round));
  }
  bench.progress(`traffic control: ${models} models`);
  for (const proxy of both) await askForModels(bench, proxy);
  const rss = { off: rssMb(proxies.off.pid), on: rssMb(proxies.on.pid) };
  for (const proxy of both) await proxy.stop();
  return measures(rounds, rss);
}

async function runRound(bench: Bench, proxies: Pair<Tokenpak>, round: number): Promise<Round> {
  const speed = { off: 0, on: 0 };
  for (const name of inTurn(['off', 'on'] as const, round)) {
    speed[name] = await perSecond(bench, proxies[name], bench.plan.closedLoopMs);
  }
  const order = inTurn([proxies.off, proxies.on], round);
  const { latencies } = await bench.run({
    ...{ kind: 'turns', bodyBytes: 1024, streamed: false, requestsPerTurn: 40, turns: bench.plan.turns },
    ports: order.map(({ port }) => port),
    apiKeys: order.map(({ accessKey }) => accessKey),
  });
  const p50 = (proxy: Tokenpak): number => latencies[order.indexOf(proxy)]?.p50 ?? NaN;
  return { perSecond: speed, p50: { off: p50(proxies.off), on: p50(proxies.on) } };
}

async function perSecond(bench: Bench, { port, accessKey }: Tokenpak, ms: number): Promise<number> {
  const key = accessKey === undefined ? {} : { apiKey: accessKey };
  const result = await bench.run({ kind: 'closed-loop', port, connections, until: { ms }, ...key });
  return (result.sentToEach / result.elapsedMs) * 1000;
}

async function askForModels(bench: Bench, { port, accessKey }: Tokenpak): Promise<void> {
  const key = accessKey === undefined ? {} : { apiKey: accessKey };
  await bench.run({ kind: 'closed-loop', port, connections, until: { requests: models }, models, ...key });
}

/** In the report, all of it off stands in the place of the bare relay. */
function measures(rounds: readonly Round[], rss: Pair<number>): Measure[] {
  const line = (name: string, unit: string, of: (round: Round) => Pair<number>): Omit<Measure, 'judged'> => ({
    name,
    unit,
    direct: null,
    bareRelay: median(rounds.map((round) => of(round).off)),
    tokenpak: median(rounds.map((round) => of(round).on)),
  });
  const ratios = (of: (round: Round) => Pair<number>) => estimate(rounds.map((round) => of(round).on / of(round).off));
  const what = 'of tokenpak without';
  return [
    {
      ...line('traffic control: requests/s, without and with', '/s', (round) => round.perSecond),
      judged: { what, estimate: ratios((round) => round.perSecond), limit: { kind: 'at least', value: 0.85 } },
    },
    {
      ...line('traffic control: median at one connection', 'ms', (round) => round.p50),
      judged: { what, estimate: ratios((round) => round.p50), limit: { kind: 'at most', value: 1.15 } },
    },
    {
      name: `traffic control: memory, ${keys.toLocaleString('en')} keys and ${models.toLocaleString('en')} models`,
      unit: 'MB',
      direct: null,
      bareRelay: rss.off,
      tokenpak: rss.on,
      judged: { what: 'MB more', estimate: estimate([rss.on - rss.off]), limit: { kind: 'at most', value: 64 } },
    },
  ];
}
