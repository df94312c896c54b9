import { holds } from '../judge/limit.ts';
import type { GateLimit } from './gate.ts';
import { capacity } from './parts/capacity.ts';
import { loaded, saturated } from './parts/concurrency.ts';
import { endurance } from './parts/endurance.ts';
import { paced } from './parts/paced.ts';
import { ramp, type Broken } from './parts/ramp.ts';
import { scenarios } from './parts/scenarios.ts';
import { stages } from './parts/stages.ts';
import type { PartPlan } from './plan.ts';
import type { ProofBench } from './proof-bench.ts';

function runPart(bench: ProofBench, part: PartPlan, broken: Broken): Promise<void> {
  switch (part.kind) {
    case 'paced':
      return paced(bench, part.shares);
    case 'capacity':
      return capacity(bench, part);
    case 'ramp':
      return ramp(bench, part.seconds, broken);
    case 'loaded':
      return loaded(bench, part);
    case 'saturated':
      return saturated(bench, part);
    case 'scenarios':
      return scenarios(bench, part);
    case 'stages':
      return stages(bench, part.stages);
    case 'endurance':
      return endurance(bench, part.seconds);
  }
}

/** Names the first limit that figures break. */
export function brokenBy(limits: readonly GateLimit[]): Broken {
  return (metrics) => {
    const broken = limits.find(({ metric, pass }) => {
      const found = metrics[metric];
      return found !== undefined && !holds(pass, found.value);
    });
    return broken === undefined
      ? null
      : `${broken.metric} was ${metrics[broken.metric]?.value.toFixed(2)} ${broken.unit}`;
  };
}

/** All parts, one after the other. @param between called after each */
export async function runParts(
  bench: ProofBench,
  parts: readonly PartPlan[],
  limits: readonly GateLimit[],
  between: (part: PartPlan) => Promise<void>,
): Promise<void> {
  for (const part of parts) {
    await runPart(bench, part, brokenBy(limits));
    await between(part);
  }
}
