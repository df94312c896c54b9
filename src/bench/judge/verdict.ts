import type { JudgedReport } from '../proof/proof-report.ts';

type Judged = Pick<JudgedReport, 'invalid' | 'sla' | 'conditions' | 'baseline'>;

/** Why a run ends as it does: the first that applies. */
export type ExitReason = 'passed' | 'invalid' | 'sla_failed' | 'condition_failed' | 'baseline_failed';

/** A run that says nothing can neither pass nor fail: invalid wins. */
export function exitReasonOf({ invalid, sla, conditions, baseline }: Judged): ExitReason {
  if (invalid.length > 0) return 'invalid';
  if (sla.some(({ verdict }) => verdict === 'fail')) return 'sla_failed';
  if (conditions.some(({ verdict }) => verdict !== 'pass')) return 'condition_failed';
  if (baseline?.results.some(({ verdict }) => verdict === 'fail')) return 'baseline_failed';
  return 'passed';
}

export function verdictOf(judged: Judged): JudgedReport['verdict'] {
  const reason = exitReasonOf(judged);
  if (reason === 'passed') return 'PASS';
  return reason === 'invalid' ? 'INVALID' : 'FAIL';
}
