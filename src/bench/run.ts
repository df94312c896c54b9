import { accountingFault, type Accounting } from './accounting.ts';
import type { Bench } from './bench.ts';
import type { Measure } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { planFor, type Plan, type ScenarioName } from './plan.ts';
import { createChildren, type Children } from './processes/children.ts';
import type { Cores } from './processes/cores.ts';
import { autocannon } from './scenarios/autocannon.ts';
import { dashboard } from './scenarios/dashboard.ts';
import { firstEvent, latency } from './scenarios/latency.ts';
import { memory } from './scenarios/memory.ts';
import { openLoop } from './scenarios/open-loop.ts';
import { stages } from './scenarios/stages.ts';
import { startUp } from './scenarios/start-up.ts';
import { manyStreams } from './scenarios/streams.ts';
import { throughput } from './scenarios/throughput.ts';
import { trafficControl } from './scenarios/traffic-control.ts';
import { openSession } from './session.ts';

export interface RunResult {
  readonly measures: readonly Measure[];
  /** Null where only the start-up was measured. */
  readonly accounting: Accounting | null;
  /** Why the figures say nothing; empty for a valid run. */
  readonly invalid: readonly string[];
}

type LoadedName = Exclude<ScenarioName, 'start-up'>;

/** In the order in which they run. */
const underLoad: Record<LoadedName, (bench: Bench) => Promise<Measure[]>> = {
  throughput,
  autocannon,
  memory,
  'open-loop': openLoop,
  latency,
  'first-event': firstEvent,
  streams: manyStreams,
  'traffic-control': trafficControl,
  stages,
  dashboard,
};

/** What takes as long as all the others, or longer. */
const onlyByName = new Set<ScenarioName>(['stages', 'dashboard']);

async function warmUp(bench: Bench): Promise<void> {
  for (const target of [bench.direct, bench.bareRelay, bench.tokenpak]) {
    bench.progress(`warming up: ${target.name}`);
    const until = { ms: bench.plan.warmUpMs };
    await bench.run({ kind: 'closed-loop', port: target.port, connections: 64, until });
  }
}

interface RunContext {
  readonly children: Children;
  readonly cores: Cores | null;
  readonly progress: (text: string) => void;
}

async function measureUnderLoad(names: readonly LoadedName[], plan: Plan, context: RunContext): Promise<RunResult> {
  const invalid: string[] = [];
  const { bench, close } = await openSession({ plan, ...context, invalid: (reason) => void invalid.push(reason) });
  await warmUp(bench);
  const measures: Measure[] = [];
  for (const name of names) measures.push(...(await underLoad[name](bench)));
  context.progress('counting');
  const accounting = await close();
  const fault = accountingFault(accounting);
  return { measures, accounting, invalid: fault === null ? invalid : [...invalid, fault] };
}

/** Measures what the options ask for. Throws where a request was not answered as it must be, or a process did not start. */
export async function run(
  options: BenchOptions,
  cores: Cores | null,
  progress: (text: string) => void,
): Promise<RunResult> {
  const plan = planFor(options);
  const children = createChildren();
  const isAsked = (name: ScenarioName): boolean =>
    options.only === null ? !onlyByName.has(name) : options.only === name;
  try {
    const startUps = isAsked('start-up') ? await startUp({ plan, children, progress }) : [];
    const names = (Object.keys(underLoad) as LoadedName[]).filter(isAsked);
    if (names.length === 0) return { measures: startUps, accounting: null, invalid: [] };
    const loaded = await measureUnderLoad(names, plan, { children, cores, progress });
    return { ...loaded, measures: [...startUps, ...loaded.measures] };
  } finally {
    children.end();
  }
}
