import { directFigures, directReasons } from './gate.ts';
import type { Findings } from './findings.ts';
import { directShare } from './parts/capacity.ts';
import { planOf, stageSeconds, type PartPlan } from './plan.ts';
import type { ProofBench } from './proof-bench.ts';
import type { ProofOptions } from './proof-options.ts';
import type { StageFacts } from './proof-report.ts';
import type { ProofFigures, ProofSetting } from './prove.ts';
import { watchProxy } from './proxy-watch.ts';
import { clientOverhead, judgeRate, picturesOf } from './report-parts.ts';
import { createRig } from './rig.ts';
import { runParts } from './run-parts.ts';
import { openSession } from './session.ts';
import { stagesOf } from './stage-facts.ts';

const warmUpConnections = 20;

/** Code that has run for a moment is what a user's proxy runs. */
async function warmUp(bench: ProofBench): Promise<void> {
  const until = { seconds: bench.options.warmUpSeconds };
  if (until.seconds === 0) return;
  for (const side of [bench.direct, bench.proxied]) {
    bench.progress(`warming up: ${side.target}`);
    await bench.load(side, { kind: 'closed', workload: 'passthrough', connections: warmUpConnections, until });
  }
}

/** About how long all of it takes, for whoever waits. */
function plannedSeconds(parts: readonly PartPlan[], runs: number, seconds: number): number {
  const ofPart = (part: PartPlan): number => {
    switch (part.kind) {
      case 'paced':
        return part.shares.reduce(
          (sum, share) => sum + seconds * share.ofTime * (share.isPaired ? 2 : 1) * (share.everyRound ? runs : 1),
          0,
        );
      case 'stages':
        return stageSeconds(part.stages);
      case 'loaded':
      case 'saturated':
        return 2 * part.seconds * part.rounds;
      case 'scenarios':
        return part.seconds * (1 + 2 * part.rounds);
      case 'capacity':
        return part.seconds * runs * (1 + directShare);
      default:
        return part.seconds;
    }
  };
  return parts.reduce((sum, part) => sum + ofPart(part), 0);
}

/** Measures a proxy of the run's own, with all that is on by default and an access key, limits and a budget beside. */
export async function proveOwn({ options, context, children, cores, findings }: ProofSetting): Promise<ProofFigures> {
  const parts = planOf(options);
  const planned = plannedSeconds(parts, options.runs, options.seconds) + 2 * options.warmUpSeconds;
  let done = 0;
  let doing = 'starting';
  const progress = (text: string): void => context.progress((doing = text), Math.min(1, done / planned));
  progress(doing);
  const rig = createRig(children, cores);
  const loaded = (seconds: number): void => {
    done += seconds;
    progress(doing);
  };
  const { bench, close } = await openSession({ options, findings, rig, progress, loaded });
  noteUnavailable(parts, options, findings);
  await warmUp(bench);

  const { port, pid } = bench.proxied;
  const watch = await watchProxy({ port, pid, isOwn: true, loadPids: rig.loadPids });
  let stages: readonly StageFacts[] = [];
  let first = true;
  await runParts(bench, parts, context.limits, async () => {
    if (first) [stages] = [await stagesOf(port), await watch.mark()];
    first = false;
  });
  const { foreignPercent, ...proxy } = watch.facts();
  noteForeign(foreignPercent, findings.note.bind(findings));
  judgeMemory(bench, proxy.rssMaxMb);

  progress('counting');
  const { accounting, overhead } = await close();
  if (overhead.count > 0) findings.percentiles('overhead', overhead);
  const client = clientOverhead(findings);
  const rate = judgeRate(findings, options.perSecond);
  const rows = findings.tallies.map((tally) => tally.row());
  if (rows.length + findings.furtherRows.length === 0) findings.reject('nothing was measured');
  rejectByDirect({ findings, options, context }, rows);
  return {
    rows: [...rows, ...findings.furtherRows],
    overhead: { proxy: overhead.count > 0 ? overhead.percentiles() : null, client },
    ...{ rate, proxy, stages, accounting },
    ...picturesOf(findings),
  };
}

function rejectByDirect(
  { findings, options, context }: Pick<ProofSetting, 'findings' | 'options' | 'context'>,
  rows: ProofFigures['rows'],
): void {
  // In a closed loop, waiting for one's turn is most of every figure.
  if (findings.tallies.every(({ lateness }) => lateness.count === 0)) return;
  const direct = directFigures(rows, options.mockDelayMs);
  for (const reason of directReasons(direct, context.limits)) findings.reject(reason);
}

/** What does not exist yet is said where it would have been measured. */
function noteUnavailable(parts: readonly PartPlan[], { workload, profile }: ProofOptions, findings: Findings): void {
  const isMix = workload === 'mix' && profile === null && parts.some(({ kind }) => kind === 'paced');
  if (isMix || workload === 'cache') findings.note('reply cache: not available');
  if (isMix || workload === 'translation') findings.note('translation: not available');
}

/** In percent of a core: from here on, somebody else's work may be in the figures. */
const foreignLimitPercent = 15;

function noteForeign(percent: number | null, note: (text: string) => void): void {
  if (percent === null || percent <= foreignLimitPercent) return;
  note(`other processes used ${percent.toFixed(0)} % of a core meanwhile: close them, and run it again`);
}

function judgeMemory({ findings, options }: ProofBench, rssMaxMb: number | null): void {
  if (rssMaxMb === null) {
    if (options.maxRssMb !== null)
      findings.reject('the memory of the proxy is not to be had here, so its limit says nothing');
    return;
  }
  findings.metric('rss.max_mb', rssMaxMb, 'MB');
  if (options.maxRssMb !== null && rssMaxMb > options.maxRssMb) {
    findings.reject(`the proxy used ${rssMaxMb.toFixed(0)} MB, and ${options.maxRssMb} MB were allowed`);
  }
}
