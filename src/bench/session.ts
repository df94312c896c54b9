import type { ChildProcess } from 'node:child_process';
import { countedByStats, requestsInLedger, type Accounting } from './accounting.ts';
import type { Bench, Target } from './bench.ts';
import type { Job, ResultOf } from './load/jobs.ts';
import type { Plan } from './plan.ts';
import { nextMessage, runMs, type Children } from './processes/children.ts';
import type { Cores } from './processes/cores.ts';
import type { FramesJob, FramesResult } from './frames.ts';
import { startTokenpak } from './tokenpak.ts';
import { startWatched } from './watched-tokenpak.ts';

export interface SessionOptions {
  readonly plan: Plan;
  readonly children: Children;
  readonly cores: Cores | null;
  readonly invalid: (reason: string) => void;
  readonly progress: (text: string) => void;
}

/** All processes of a run, alive from its first round to its last. */
export interface Session {
  readonly bench: Bench;
  /** Asks the proxy and its ledger what they have counted, and ends the processes. */
  readonly close: () => Promise<Accounting>;
}

async function forkServer(children: Children, module: string, args: readonly string[], core: number | null) {
  const child = children.fork(new URL(module, import.meta.url), args, core);
  const { port } = (await nextMessage(child)) as { port: number };
  return { child, port, pid: child.pid as number };
}

function loadRunner(load: ChildProcess, targets: readonly Target[]): Bench['run'] {
  return async <J extends Job>(job: J) => {
    const ports: readonly number[] = job.kind === 'turns' ? job.ports : [job.port];
    const asked = targets.filter((target) => ports.includes(target.port));
    load.send(job);
    const reply = (await nextMessage(load)) as { result: ResultOf[J['kind']] } | { error: string };
    if ('error' in reply) throw new Error(`${job.kind} on ${asked.map(({ name }) => name).join(', ')}: ${reply.error}`);
    for (const target of asked) target.sent += reply.result.sentToEach;
    return reply.result;
  };
}

async function drawFrames(children: Children, job: FramesJob): Promise<FramesResult> {
  const child = children.fork(new URL('./entries/frames.js', import.meta.url), [], null);
  await nextMessage(child);
  child.send(job);
  const reply = (await nextMessage(child)) as { result: FramesResult } | { error: string };
  child.disconnect();
  if ('error' in reply) throw new Error(`the frames of the dashboard: ${reply.error}`);
  return reply.result;
}

/** Starts the mock, the load generator, the bare relay and tokenpak, each relay on the same core. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { children, cores, plan } = options;
  const relayCore = cores?.relay ?? null;
  const loadCore = cores?.load ?? null;
  const mock = await forkServer(children, './entries/mock.js', [], loadCore);
  const bare = await forkServer(children, './entries/bare-relay.js', [String(mock.port)], relayCore);
  const load = children.fork(new URL('./entries/load.js', import.meta.url), [], loadCore);
  const proxy = await startTokenpak({ children, core: relayCore, upstreamPort: mock.port });

  const direct: Target = { name: 'direct', port: mock.port, pid: mock.pid, sent: 0 };
  const bareRelay: Target = { name: 'bare relay', port: bare.port, pid: bare.pid, sent: 0 };
  const tokenpak: Target = { name: 'tokenpak', port: proxy.port, pid: proxy.pid, sent: 0 };
  return {
    bench: {
      plan,
      direct,
      bareRelay,
      tokenpak,
      loadPids: [mock.pid, load.pid as number],
      start: (setup) => startTokenpak({ children, core: relayCore, upstreamPort: mock.port, setup }),
      run: loadRunner(load, [direct, bareRelay, tokenpak]),
      startWatched: (terminal, isHeld) =>
        startWatched({ children, cores: isHeld ? cores : null, upstreamPort: mock.port, terminal }),
      emptyProgramMs: () => runMs(children, ['-e', '0']),
      drawFrames: (job) => drawFrames(children, job),
      createKey: proxy.createKey,
      invalid: options.invalid,
      progress: options.progress,
    },
    async close() {
      const stats = await countedByStats(proxy.port, tokenpak.sent);
      await proxy.stop();
      for (const child of [mock.child, bare.child, load]) child.disconnect();
      return { sent: tokenpak.sent, stats, ledger: requestsInLedger(proxy.home) };
    },
  };
}
