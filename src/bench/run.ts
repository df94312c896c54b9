import { accountingFault, type Accounting } from './accounting.ts';
import type { Bench } from './bench.ts';
import type { Measure } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { planFor, scenarioNames, type ScenarioName } from './plan.ts';
import { createChildren } from './processes/children.ts';
import type { Cores } from './processes/cores.ts';
import { autocannon } from './scenarios/autocannon.ts';
import { firstEvent, latency } from './scenarios/latency.ts';
import { memory } from './scenarios/memory.ts';
import { openLoop } from './scenarios/open-loop.ts';
import { startUp } from './scenarios/start-up.ts';
import { manyStreams } from './scenarios/streams.ts';
import { throughput } from './scenarios/throughput.ts';
import { openSession } from './session.ts';

export interface RunResult {
  readonly measures: readonly Measure[];
  /** Null where only the start-up was measured. */
  readonly accounting: Accounting | null;
  /** Why the figures say nothing; empty for a valid run. */
  readonly invalid: readonly string[];
}

const underLoad: Record<Exclude<ScenarioName, 'start-up'>, (bench: Bench) => Promise<Measure[]>> = {
  throughput,
  autocannon,
  memory,
  'open-loop': openLoop,
  latency,
  'first-event': firstEvent,
  streams: manyStreams,
};

async function warmUp(bench: Bench): Promise<void> {
  for (const target of [bench.direct, bench.bareRelay, bench.tokenpak]) {
    bench.progress(`warming up: ${target.name}`);
    const until = { ms: bench.plan.warmUpMs };
    await bench.run({ kind: 'closed-loop', port: target.port, connections: 64, until });
  }
}

/** Measures what the options ask for. Throws where a request was not answered as it must be, or a process did not start. */
export async function run(
  options: BenchOptions,
  cores: Cores | null,
  progress: (text: string) => void,
): Promise<RunResult> {
  const plan = planFor(options);
  const children = createChildren();
  const invalid: string[] = [];
  const names = scenarioNames.filter((name) => options.only === null || options.only === name);
  const measures = names.includes('start-up') ? await startUp({ plan, children, progress }) : [];
  const loaded = names.filter((name) => name !== 'start-up');
  if (loaded.length === 0) return { measures, accounting: null, invalid };

  const { bench, close } = await openSession({
    plan,
    children,
    cores,
    progress,
    invalid: (why) => void invalid.push(why),
  });
  await warmUp(bench);
  for (const name of loaded) measures.push(...(await underLoad[name](bench)));
  progress('counting');
  const accounting = await close();
  const fault = accountingFault(accounting);
  if (fault !== null) invalid.push(fault);
  return { measures, accounting, invalid };
}
