import type { JudgedReport, ProofReport, SlaResult } from '../proof/proof-report.ts';
import { type Baseline, baselineOf } from './baseline.ts';
import { compareRuns } from './compare.ts';
import { type Condition, judgeConditions } from './condition.ts';
import { type Published, publishedRows } from './published.ts';
import { judgeSla, type SlaTarget } from './sla.ts';
import { verdictOf } from './verdict.ts';

/** What a report is judged by. */
export interface Standards {
  /** Where the targets are from, for people. */
  readonly slaFile: string;
  readonly targets: readonly SlaTarget[];
  readonly conditions: readonly Condition[];
  readonly baseline: { readonly file: string; readonly report: Baseline; readonly tolerance: number } | null;
  readonly published: Published;
}

/** Says of a report what there is to say. A run of which nothing can be judged says nothing: it is invalid. */
export function judge(report: ProofReport, standards: Standards): JudgedReport {
  const { slaFile, targets, conditions: wanted, published } = standards;
  const sla = judgeSla(targets, report);
  const conditions = judgeConditions(wanted, report.metrics);
  const baseline = againstBaseline(report, standards);
  const isJudged = [...sla, ...conditions].some(hasValue) || (baseline?.results.length ?? 0) > 0;
  const invalid = isJudged ? report.invalid : [...report.invalid, 'nothing that was measured has a target'];
  const judged = { ...report, invalid, slaFile, sla, conditions, baseline };
  const { of, source, as } = published;
  return {
    ...judged,
    published: publishedRows(published, report.metrics),
    publishedBy: { of, source, as },
    verdict: verdictOf(judged),
  };
}

const hasValue = ({ value }: SlaResult): boolean => value !== null;

function againstBaseline(report: ProofReport, { baseline, targets }: Standards): JudgedReport['baseline'] {
  if (baseline === null) return null;
  const { file, report: before, tolerance } = baseline;
  return { file, at: before.run.at, ...compareRuns(before, baselineOf(report), { tolerance, targets }) };
}
