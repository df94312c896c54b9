import type { Findings } from './findings.ts';
import { judgePaced, paced } from './parts/paced.ts';
import { sharesOf, type Share } from './plan.ts';
import type { PacedBench, ProxySide } from './proof-bench.ts';
import type { ProofOptions } from './proof-options.ts';
import type { ProofFigures, ProofSetting } from './prove.ts';
import { watchProxy } from './proxy-watch.ts';
import { judgeRate, picturesOf } from './report-parts.ts';
import { createRig } from './rig.ts';
import { findTarget } from './running-target.ts';
import { ProofError } from './settle-options.ts';
import { stagesOf } from './stage-facts.ts';

/** Counts as no key: the proxy takes the one that its user has given it. */
const noKey = 'tokenpak';

/** Own endpoints cost nothing; anything else may, and only on the user's word. */
function sharesFor(options: ProofOptions): readonly Share[] {
  const isFree = ({ workload }: Share): boolean => workload === 'health' || workload === 'stats';
  const asked = sharesOf(options).filter(({ workload }) => !workload.startsWith('large-') && workload !== 'error');
  const allowed = asked.filter((share) => isFree(share) || options.allowTraffic);
  if (allowed.length > 0) return allowed;
  throw new ProofError('a running proxy is only asked for /health and /stats, unless --allow-traffic is given');
}

async function requestsSoFar(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/stats`);
  return ((await response.json()) as { run: { requests: number } }).run.requests;
}

/** Measures a proxy that somebody else has started. Its provider and its ledger are not ours to look at, so there is no overhead and no account. */
export async function proveTarget(setting: ProofSetting, url: string): Promise<ProofFigures> {
  const { options, context, findings } = setting;
  if (options.mode !== 'open' || options.profile !== null) {
    throw new ProofError('a running proxy is measured at a fixed rate only, and without a profile');
  }
  const shares = sharesFor(options);
  const target = await findTarget(url);
  const proxied: ProxySide = { target: 'proxied', ...target, accessKey: undefined, sent: 0 };
  const rig = createRig(setting.children, setting.cores);
  const bench: PacedBench = {
    ...{ options, findings, direct: null, proxied },
    progress: (text) => context.progress(text, null),
    async load(_, wish) {
      const outcome = await rig.load({ ...wish, port: target.port, apiKey: noKey, prefix: '', provider: 'any' });
      if (wish.workload !== 'health' && wish.workload !== 'stats') proxied.sent += outcome.count;
      return outcome;
    },
  };
  findings.note('a running proxy: its overhead and its ledger are not looked at');
  const watch = await watchProxy({ ...target, isOwn: false, loadPids: rig.loadPids });
  const before = await requestsSoFar(target.port);
  await paced(bench, shares);
  await watch.mark();
  judgePaced(bench);
  checkCount(findings, proxied.sent, (await requestsSoFar(target.port)) - before);
  const { foreignPercent: _, ...proxy } = watch.facts();
  return { ...figuresOf(findings, options), proxy, stages: await stagesOf(target.port) };
}

/** Others may ask it meanwhile, so it may count more. */
function checkCount(findings: Findings, sent: number, counted: number): void {
  if (counted < sent) findings.reject(`${sent} requests were sent; /stats has counted ${counted}`);
  if (counted > sent) findings.note(`${counted - sent} requests of others went through the proxy meanwhile`);
}

function figuresOf(findings: Findings, options: ProofOptions): Omit<ProofFigures, 'proxy' | 'stages'> {
  const rate = judgeRate(findings, options.perSecond);
  const rows = findings.tallies.map((tally) => tally.row());
  return { rows, overhead: { proxy: null, client: null }, rate, accounting: null, ...picturesOf(findings) };
}
