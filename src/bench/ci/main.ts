/** `npm run bench:ci`: whether a change has made the proxy slower than the bare relay's multiple that it was. See docs/measuring.md. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commitOf } from '../commit.ts';
import { thisMachine } from '../machine.ts';
import { runMain } from '../run-main.ts';
import { createBaseline, parseBaseline, type Baseline } from './baseline.ts';
import { judgeRatios, outcomeOf, type Outcome } from './judge.ts';
import { measurePairs } from './measure-pairs.ts';
import { parseOptions, usage, type CiOptions } from './options.ts';
import { ratiosOf, type RatioName } from './ratios.ts';
import { baselinePage, ratioLine } from './report.ts';

const root = new URL('../../../', import.meta.url);
const baselineFile = fileURLToPath(new URL('docs/baseline.json', root));
const pageFile = fileURLToPath(new URL('docs/BASELINE.md', root));

const pairCount = 7;
const exitCodes: Readonly<Record<Outcome, number>> = { PASS: 0, SKIPPED: 0, FAIL: 1 };

type Progress = (text: string) => void;

async function measureAndJudge(before: Readonly<Record<RatioName, number | null>>, progress: Progress) {
  const { pairs, invalid } = await measurePairs(pairCount, progress);
  progress('');
  const results = judgeRatios(ratiosOf(pairs), before);
  for (const result of results) console.log(ratioLine(result));
  for (const reason of invalid) console.log(`invalid: ${reason}`);
  return outcomeOf(results, invalid);
}

const saying: Readonly<Record<Outcome, string>> = {
  PASS: 'PASS',
  FAIL: 'FAIL: a ratio to the bare relay is above its limit, each of three times',
  SKIPPED: 'SKIPPED: this machine cannot judge it now',
};

/** What fails, or cannot be judged, is measured up to twice more before that is said. */
async function judge(progress: Progress): Promise<number> {
  if (!existsSync(baselineFile)) {
    console.error('INVALID: there is no docs/baseline.json; `npm run bench:ci -- --save` makes it.');
    return 1;
  }
  const { ratios, at, machine } = parseBaseline(readFileSync(baselineFile, 'utf8'));
  console.log(`bench:ci: ${pairCount} pairs; baseline of ${at.slice(0, 10)}, Node ${machine.node}, ${machine.cpu}`);
  const medianOf = (name: RatioName): number | null => ratios[name]?.median ?? null;
  const before = { cpu_time: medianOf('cpu_time'), p50: medianOf('p50'), p99: medianOf('p99') };
  let outcome = await measureAndJudge(before, progress);
  for (let again = 0; again < 2 && outcome !== 'PASS'; again += 1) {
    console.log(`${outcome}: once more`);
    outcome = await measureAndJudge(before, progress);
  }
  console.log(saying[outcome]);
  return exitCodes[outcome];
}

function about(): Omit<Baseline, 'version' | 'ratios'> {
  const { memoryMb, ...machine } = thisMachine();
  return {
    at: new Date().toISOString(),
    machine: { ...machine, memory_mb: memoryMb },
    commit: commitOf(fileURLToPath(root)),
    pairs: pairCount,
  };
}

async function save(progress: Progress): Promise<number> {
  const { pairs, invalid } = await measurePairs(pairCount, progress);
  progress('');
  if (invalid.length > 0) {
    console.error(`INVALID: ${invalid.join('; ')}. Nothing was saved.`);
    return 1;
  }
  const baseline = createBaseline(ratiosOf(pairs), about());
  writeFileSync(baselineFile, `${JSON.stringify(baseline, null, 2)}\n`);
  writeFileSync(pageFile, baselinePage(baseline));
  console.log(`saved as ${baselineFile} and ${pageFile}`);
  return 0;
}

await runMain({
  usage,
  parseOptions,
  run: (options: CiOptions, progress) => (options.save ? save(progress) : judge(progress)),
});
