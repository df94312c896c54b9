import { accountingFault, countedByStats, type Accounting } from '../accounting.ts';
import type { Job, Stage } from '../load/jobs.ts';
import type { Findings } from './findings.ts';
import { Histogram } from './histogram.ts';
import { readLedgerTimes } from './ledger-times.ts';
import { stageSeconds } from './plan.ts';
import type { LoadWish, ProofBench, ProxySide, Side } from './proof-bench.ts';
import type { LoadOutcome } from './proof-jobs.ts';
import type { ProofOptions } from './proof-options.ts';
import type { Rig, RigProxy } from './rig.ts';

/** Own endpoints do not count as requests. */
const isForwarded = ({ workload }: LoadWish): boolean => workload !== 'health' && workload !== 'stats';

const isProxy = (side: Side | ProxySide): side is ProxySide => 'sent' in side;

export interface SessionOptions {
  readonly options: ProofOptions;
  readonly findings: Findings;
  readonly rig: Rig;
  readonly progress: (text: string) => void;
  /** Told of each job that is done, for the share of the whole. */
  readonly loaded: (seconds: number) => void;
}

/** What was sent through all proxies of a run, and what the main one needed for requests at their own pace. */
interface Closed {
  readonly accounting: Accounting;
  readonly overhead: Histogram;
}

export interface Session {
  readonly bench: ProofBench;
  /** Ends the proxies and asks each, and its ledger, what it has counted. One that lost count makes the run invalid. */
  readonly close: () => Promise<Closed>;
}

function secondsOf(wish: LoadWish): number {
  if (wish.kind === 'open') return wish.seconds;
  return 'seconds' in wish.until ? wish.until.seconds : 0;
}

/** Of jobs that end by themselves nobody knows. */
function secondsOfJob(job: object): number {
  return 'stages' in job ? stageSeconds(job.stages as readonly Stage[]) : 0;
}

/** Starts a mock and a proxy with everything on before it, and whatever parts of the run ask for later. */
export async function openSession({ options, findings, rig, progress, loaded }: SessionOptions): Promise<Session> {
  const direct = await rig.startMock(options.mockDelayMs);
  const proxies: RigProxy[] = [];
  const startProxy: ProofBench['startProxy'] = async (wish) => {
    const proxy = await rig.startProxy(wish);
    proxies.push(proxy);
    return proxy;
  };
  const proxied = await startProxy({ config: '', hasKey: true, mockPort: direct.port });
  let bareRelay: Promise<Side> | null = null;
  const bench: ProofBench = {
    ...{ options, findings, direct, proxied, progress, startProxy },
    startMock: rig.startMock,
    bareRelay: () => (bareRelay ??= rig.startBareRelay(direct)),
    async load(side, wish) {
      const apiKey = (isProxy(side) ? side.accessKey : undefined) ?? proxied.accessKey ?? null;
      const outcome: LoadOutcome = await rig.load({ ...wish, port: side.port, apiKey, prefix: '' });
      if (isProxy(side) && isForwarded(wish)) side.sent += outcome.count;
      loaded(secondsOf(wish));
      return outcome;
    },
    async loadOtherwise<J extends Job>(
      sides: readonly (Side | ProxySide)[],
      job: Parameters<typeof bench.loadOtherwise<J>>[1],
    ) {
      const ports = sides.map(({ port }) => port);
      const result = await rig.loadOtherwise<J>({ ...job, ports, port: ports[0] } as unknown as J);
      for (const side of sides) if (isProxy(side)) side.sent += result.sentToEach;
      loaded(secondsOfJob(job));
      return result;
    },
  };
  return { bench, close: () => close(proxies, findings) };
}

async function close(proxies: readonly RigProxy[], findings: Findings): Promise<Closed> {
  const sum = { sent: 0, stats: 0, ledger: 0 };
  let overhead = new Histogram();
  for (const [index, proxy] of proxies.entries()) {
    const stats = await countedByStats(proxy.port, proxy.sent);
    await proxy.stop();
    const isMain = index === 0;
    const times = await readLedgerTimes(proxy.home, isMain ? findings.pacedSpans : []);
    if (isMain) overhead = times.overhead;
    const counted = { sent: proxy.sent, stats, ledger: times.requests };
    const fault = accountingFault(counted);
    if (fault !== null) findings.reject(isMain ? fault : `a further proxy: ${fault}`);
    sum.sent += counted.sent;
    sum.stats += counted.stats;
    sum.ledger += counted.ledger;
  }
  return { accounting: sum, overhead };
}
