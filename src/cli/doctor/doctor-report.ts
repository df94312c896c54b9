import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { CheckStatus } from './check.ts';
import type { CheckResult } from './run-checks.ts';

/** What the command ends with, and why. */
export interface DoctorEnd {
  readonly exitCode: ExitCode;
  readonly reason: 'ok' | 'warnings' | 'failures';
}

/** Warnings end with 1 only where they are meant to. */
export function endOf(results: readonly CheckResult[], isStrict: boolean): DoctorEnd {
  const has = (wanted: CheckStatus): boolean => results.some(({ status }) => status === wanted);
  if (has('fail')) return { exitCode: exitCodes.failed, reason: 'failures' };
  if (!has('warn')) return { exitCode: exitCodes.ok, reason: 'ok' };
  return { exitCode: isStrict ? exitCodes.failed : exitCodes.ok, reason: 'warnings' };
}

/** For programs. `fix.auto`: `--fix` can do it. */
export function doctorJson(results: readonly CheckResult[], { exitCode, reason }: DoctorEnd): object {
  return {
    version: 1,
    checks: results.map(({ id, group, status, summary, detail, fix, ms }) => ({
      ...{ id, group, status, summary, detail },
      fix: fix === null ? null : { commands: fix.commands, auto: fix.apply !== null },
      ms,
    })),
    exit_code: exitCode,
    exit_reason: reason,
  };
}
