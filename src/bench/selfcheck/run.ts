import type { ChildProcess } from 'node:child_process';
import { nextMessage, type Children } from '../processes/children.ts';
import type { Cores } from '../processes/cores.ts';
import type { MockPace } from '../proof/mock-hold.ts';
import type { LoadOutcome, OpenJob, ProofReply } from '../proof/proof-jobs.ts';
import { checkFixed, checkLate, checkSlowed, checkStall, paces, type CheckResult } from './checks.ts';

export interface SelfCheckOptions {
  readonly children: Children;
  readonly cores: Cores | null;
  readonly progress: (text: string) => void;
}

const module = (file: string): URL => new URL(`../${file}.js`, import.meta.url);
const wasteMs = 5;
const atOnce: MockPace = { delayMs: 0, stall: null };

/** The processes of the self-check: the mock and the relays on one core, the load on another, where there are two. */
class Rig {
  readonly #options: SelfCheckOptions;

  constructor(options: SelfCheckOptions) {
    this.#options = options;
  }

  /** Gives its port. */
  async server(file: string, args: readonly number[]): Promise<number> {
    const { children, cores } = this.#options;
    const child = children.fork(module(file), args.map(String), cores?.relay ?? null);
    return ((await nextMessage(child)) as { port: number }).port;
  }

  mock({ delayMs, stall }: MockPace): Promise<number> {
    return this.server('proof/proof-mock', stall === null ? [delayMs] : [delayMs, stall.everyMs, stall.ms]);
  }

  generator(file: string): ChildProcess {
    const { children, cores } = this.#options;
    return children.fork(module(file), [], cores?.load ?? null);
  }
}

/** 100 requests a second. */
async function load(generator: ChildProcess, port: number, seconds: number): Promise<LoadOutcome> {
  const target = { port, workload: 'passthrough', apiKey: null, prefix: '', connections: 100 } as const;
  const job: OpenJob = { kind: 'open', perSecond: 100, seconds, arrival: 'even', seed: 1, ...target };
  generator.send(job);
  const reply = (await nextMessage(generator)) as ProofReply;
  if ('error' in reply) throw new Error(reply.error);
  return reply.outcome;
}

/** In real time, with real processes. Calls `found` with each result as it is there. */
export async function runSelfCheck(options: SelfCheckOptions, found: (result: CheckResult) => void): Promise<void> {
  const rig = new Rig(options);
  const generator = rig.generator('proof/proof-load');
  const instantPort = await rig.mock(atOnce);

  options.progress('a mock of 50 ms, 10 s');
  found(checkFixed(await load(generator, await rig.mock(paces.fixed), 10)));
  options.progress('a mock that stops for a second of each ten, 20 s');
  found(checkStall(await load(generator, await rig.mock(paces.stalling), 20)));
  options.progress('a load that is kept busy, 5 s');
  found(checkLate(await load(rig.generator('entries/hampered-load'), instantPort, 5)));
  options.progress('a relay, and the same one slowed, 10 s');
  const relayPort = await rig.server('entries/bare-relay', [instantPort]);
  const slowedPort = await rig.server('entries/slowed-relay', [instantPort, wasteMs]);
  // The first requests of a program are slow: those of a warm-up count nowhere.
  for (const port of [relayPort, slowedPort]) await load(generator, port, 1);
  const before = await load(generator, relayPort, 5);
  found(checkSlowed(before, await load(generator, slowedPort, 5)));
}
