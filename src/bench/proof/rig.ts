import type { ChildProcess } from 'node:child_process';
import type { Job, ResultOf } from '../load/jobs.ts';
import { nextMessage, type Children } from '../processes/children.ts';
import type { Cores } from '../processes/cores.ts';
import { startTokenpak, type Tokenpak } from '../tokenpak.ts';
import type { LoadOutcome, ProofJob, ProofReply } from './proof-jobs.ts';
import type { ProxySide, ProxyWish, Side } from './proof-bench.ts';

/** A proxy of the rig, with its scratch home. */
export interface RigProxy extends ProxySide, Pick<Tokenpak, 'home' | 'stop'> {}

/** The processes of a run, all on loopback, each relay on one core and all load on another, where there are two. */
export interface Rig {
  readonly startMock: (delayMs: number) => Promise<Side>;
  readonly startBareRelay: (mock: Side) => Promise<Side>;
  readonly startProxy: (wish: ProxyWish) => Promise<RigProxy>;
  readonly load: (job: ProofJob) => Promise<LoadOutcome>;
  readonly loadOtherwise: <J extends Job>(job: J) => Promise<ResultOf[J['kind']]>;
  /** Of the load and its mocks. */
  readonly loadPids: () => number[];
}

/** Nothing of it is ever reached: what is measured is what looking costs. */
const everythingOn = `
limits:
  - { per: key, requests: 1000000/s, burst: 2000000 }
  - { per: ip, concurrent: 4096 }
budgets:
  - { name: day, per: all, usd: 9000, window: day, mode: hard, unpriced: allow }
`;

/** A deep look at the health connects to every provider: none of them is anybody else's than the mock. */
function configOf({ config, mockPort }: ProxyWish): string {
  const provider = `{ baseUrl: 'http://127.0.0.1:${mockPort}', apiKeyEnv: none }`;
  return `providers:\n  openai: ${provider}\n  gemini: ${provider}\n${config === '' ? everythingOn : config}`;
}

/** Sends a job to a process and waits for what it says of it. */
async function ask(child: ChildProcess, job: object): Promise<object> {
  child.send(job);
  return (await nextMessage(child)) as object;
}

async function forkServer(children: Children, module: URL, args: readonly string[], core: number | null) {
  const child = children.fork(module, args, core);
  const { port } = (await nextMessage(child)) as { port: number };
  return { port, pid: child.pid as number };
}

/** Starts nothing yet but the load generator. What it starts ends with `children`. */
export function createRig(children: Children, cores: Cores | null): Rig {
  const relayCore = cores?.relay ?? null;
  const loadCore = cores?.load ?? null;
  const generator = children.fork(new URL('./proof-load.js', import.meta.url), [], loadCore);
  let other: ChildProcess | null = null;
  const mocks: number[] = [];
  return {
    async startMock(delayMs) {
      const mock = await forkServer(children, new URL('./proof-mock.js', import.meta.url), [String(delayMs)], loadCore);
      mocks.push(mock.pid);
      return { target: 'direct', ...mock };
    },
    async startBareRelay(mock) {
      const module = new URL('../entries/bare-relay.js', import.meta.url);
      return { target: 'bare relay', ...(await forkServer(children, module, [String(mock.port)], relayCore)) };
    },
    async startProxy(wish) {
      const setup = { config: configOf(wish), keys: wish.hasKey ? 1 : 0 };
      const proxy = await startTokenpak({ children, core: relayCore, upstreamPort: wish.mockPort, setup });
      return { target: 'proxied', ...proxy, sent: 0 };
    },
    async load(job) {
      const reply = (await ask(generator, job)) as ProofReply;
      if ('error' in reply) throw new Error(`load on ${job.workload}: ${reply.error}`);
      return reply.outcome;
    },
    async loadOtherwise<J extends Job>(job: J) {
      other ??= children.fork(new URL('../entries/load.js', import.meta.url), [], loadCore);
      const reply = (await ask(other, job)) as { result: ResultOf[J['kind']] } | { error: string };
      if ('error' in reply) throw new Error(`load (${job.kind}): ${reply.error}`);
      return reply.result;
    },
    loadPids: () => [...mocks, generator.pid as number, ...(other === null ? [] : [other.pid as number])],
  };
}
