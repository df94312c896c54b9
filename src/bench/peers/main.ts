/** `npm run bench:peers`: tokenpak beside other proxies and gateways, in one run. See docs/benchmarks.md. */
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { accountingFault } from '../accounting.ts';
import type { Target } from '../bench.ts';
import { commitOf } from '../commit.ts';
import { planFor } from '../plan.ts';
import { createChildren } from '../processes/children.ts';
import { chooseCores } from '../processes/cores.ts';
import { foreignLimitPercent, watchForeign } from '../processes/foreign.ts';
import { runMain } from '../run-main.ts';
import { openSession } from '../session.ts';
import { haproxy } from './haproxy.ts';
import { litellm } from './litellm.ts';
import { measurePeers } from './measure.ts';
import { nginx } from './nginx.ts';
import { parseOptions, usage, type PeersOptions } from './options.ts';
import { sameBytes } from './peer.ts';
import { portkey } from './portkey.ts';
import { pythonTokenpak } from './python-tokenpak.ts';
import { peersReport, type Absent, type PeersReport } from './report.ts';
import { startPeer, type PeerTarget, type StartContext } from './start-peer.ts';

type Progress = (text: string) => void;

function targetOf({ name, port, pid }: Target): PeerTarget {
  return { name, version: null, port, terms: sameBytes, pids: () => [pid] };
}

/** Starts those that are installed. */
async function startPeers(options: PeersOptions, context: StartContext, progress: Progress) {
  const known = [nginx, haproxy, portkey(options.peersDirectory), litellm, pythonTokenpak(options.pythonTokenpak)];
  const started: PeerTarget[] = [];
  const absent: Absent[] = [];
  for (const peer of known) {
    progress(`starting ${peer.name}`);
    const version = peer.version();
    if (version === null) {
      absent.push({ name: peer.name, reason: `not installed (${peer.hint})` });
      continue;
    }
    await startPeer(peer, version, context).then(
      (target) => started.push(target),
      (error: unknown) => absent.push({ name: peer.name, reason: `does not run: ${(error as Error).message}` }),
    );
  }
  return { started, absent };
}

async function compare(options: PeersOptions, progress: Progress): Promise<PeersReport> {
  const cores = chooseCores();
  const children = createChildren();
  const invalid: string[] = [];
  try {
    const plan = planFor({ quick: true, rounds: null });
    const tell = { invalid: (reason: string) => void invalid.push(reason), progress };
    const { bench, close } = await openSession({ plan, children, cores, ...tell });
    const core = cores?.relay ?? null;
    const context = { children, core, upstreamPort: bench.direct.port };
    const { started, absent } = await startPeers(options, context, progress);
    const direct = targetOf(bench.direct);
    const targets = [direct, targetOf(bench.bareRelay), targetOf(bench.tokenpak), ...started];
    const foreign = watchForeign([...bench.loadPids, ...targets.slice(1).flatMap((target) => target.pids())]);
    const peers = await measurePeers(bench, options.plan, targets, direct);
    const others = foreign();
    if (others > foreignLimitPercent) invalid.push(`other processes used ${others.toFixed(0)} % of a core`);
    const fault = accountingFault(await close());
    return { peers, absent, invalid: fault === null ? invalid : [...invalid, fault] };
  } finally {
    children.end();
  }
}

await runMain({
  usage,
  parseOptions,
  async run(options: PeersOptions, progress) {
    const startedAt = performance.now();
    const loadAverage = os.loadavg()[0] ?? NaN;
    const report = await compare(options, progress);
    progress('');
    const cpus = os.cpus();
    const on = {
      node: process.versions.node,
      cpu: cpus[0]?.model.trim() || 'unknown processor',
      cores: os.availableParallelism(),
      ...{ loadAverage, isPinned: chooseCores() !== null, quick: options.quick, rounds: options.plan.rounds },
      seconds: (performance.now() - startedAt) / 1000,
      at: new Date().toISOString(),
      commit: commitOf(fileURLToPath(new URL('../../../', import.meta.url))),
    };
    console.log(peersReport(report, on, options.format));
    return report.invalid.length > 0 ? 1 : 0;
  },
});
