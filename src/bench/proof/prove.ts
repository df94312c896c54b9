import os from 'node:os';
import { createChildren, type Children } from '../processes/children.ts';
import { chooseCores, type Cores } from '../processes/cores.ts';
import { Findings } from './findings.ts';
import { planOf } from './plan.ts';
import type { ProofContext, ProofOptions } from './proof-options.ts';
import type { ProofReport } from './proof-report.ts';
import { proveOwn } from './prove-own.ts';
import { proveTarget } from './prove-target.ts';
import { checkRoom, connectionsOf, readRoom } from './room.ts';
import { runFacts } from './run-facts.ts';
import { settleOptions } from './settle-options.ts';

/** What both kinds of run are given. */
export interface ProofSetting {
  readonly options: ProofOptions;
  readonly context: ProofContext;
  readonly children: Children;
  readonly cores: Cores | null;
  readonly findings: Findings;
}

/** What differs between them. */
export type ProofFigures = Omit<ProofReport, 'run' | 'notes' | 'invalid' | 'metrics'>;

function noteWhatWasAsked({ quick, profile, scale, seconds, runs }: ProofOptions, findings: Findings): void {
  if (quick) findings.note(`quick: ${seconds} s, ${runs} run: p99 rests on few requests`);
  if (profile !== null && scale < 1) {
    findings.note(`profile ${profile} at ${scale} of its size: its users and durations were scaled`);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

/**
 * Measures this machine's tokenpak: a mock provider, the proxy in a scratch home and a load generator as three processes,
 * all on loopback, or a proxy that runs already. Whatever becomes of it, no process and no scratch file is left.
 *
 * @throws ProofError where it cannot be made as asked for; the signal's reason where that ended it; else where a process failed
 */
export async function prove(asked: ProofOptions, context: ProofContext): Promise<ProofReport> {
  const options = settleOptions(asked);
  checkRoom(readRoom(), connectionsOf(planOf(options), options.connections));
  const startedAt = performance.now();
  const loadAverage = os.loadavg()[0] ?? 0;
  const children = createChildren();
  try {
    const findings = new Findings();
    noteWhatWasAsked(options, findings);
    const cores = chooseCores();
    const run = runFacts({ version: context.version, options, isPinned: cores !== null, loadAverage });
    const setting = { options, context, children, cores, findings };
    const work = options.target === null ? proveOwn(setting) : proveTarget(setting, options.target);
    const figures = await Promise.race([work, aborted(context.signal)]);
    return {
      run: { ...run, elapsedSeconds: (performance.now() - startedAt) / 1000 },
      ...figures,
      metrics: findings.metrics,
      notes: [...findings.notes],
      invalid: [...findings.invalid],
    };
  } finally {
    children.end();
  }
}
