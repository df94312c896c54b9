import type { ProofRun } from '../proof/proof-report.ts';
import { figure } from './figures.ts';

/** The load in a few words: `open loop, 100 rps x 30 s x 3, seed 1`. */
export function loadText(run: ProofRun): string {
  const { mode, perSecond, seconds, runs, seed, arrival, connections, profile, scale } = run;
  const times = `${figure(seconds, 's')} s x ${runs}`;
  const named = profile === null ? '' : `profile ${profile}${scale === 1 ? '' : ` at ${scale} of its size`}, `;
  if (mode === 'closed') return `${named}closed loop, ${connections} connections x ${times}`;
  if (mode === 'ramp') return `${named}ramp from ${figure(perSecond, '/s')} rps, ${times}, seed ${seed}`;
  const spacing = arrival === 'poisson' ? ', poisson' : '';
  return `${named}open loop, ${figure(perSecond, '/s')} rps x ${times}${spacing}, seed ${seed}`;
}

/** Where it was measured: `node 20.20.2`, `2 cores, load 0.4`, and the commit where there is one. */
export function machineParts({ node, cores, loadAverage, commit }: ProofRun): string[] {
  const sources = commit === null ? [] : [`commit ${commit.slice(0, 7)}`];
  return [`node ${node}`, `${cores} cores, load ${loadAverage.toFixed(1)}`, ...sources];
}

/** The rig: `mock provider 0 ms, loopback, proxy and load on cores of their own`. */
export function rigText({ mockDelayMs, isPinned }: ProofRun): string {
  const cores = isPinned ? 'proxy and load on cores of their own' : 'proxy and load share all cores';
  return `mock provider ${figure(mockDelayMs, 'ms')} ms, loopback, ${cores}`;
}
