import { exitReasonOf } from '../judge/verdict.ts';
import type { JudgedReport } from '../proof/proof-report.ts';
import { snakeCased } from './snake-case.ts';

/** The report as JSON has it: `{version, verdict, exit_reason, run, rows, …}`, what could not be measured as null. */
export function reportJson(report: JudgedReport): unknown {
  const { verdict, ...rest } = report;
  return { version: 1, verdict, exit_reason: exitReasonOf(report), ...(snakeCased(rest) as object) };
}
