import { execFile } from 'node:child_process';
import type { Check, Finding } from '../check.ts';
import { fail, ok, skip } from '../finding.ts';

const limitMs = 180_000;

/** Whether the targets are met here and now: `tokenpak bench --quick`, by this very program. */
export const slaRun: Check = {
  id: 'sla.run',
  group: 'sla',
  limitMs,
  run: async ({ signal, env }) => {
    const [program = ''] = process.argv.slice(1);
    const args = [program, 'bench', '--quick', '--json'];
    return new Promise((resolve) => {
      execFile(process.execPath, args, { signal, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) =>
        resolve(benchFinding({ code: error === null ? 0 : Number(error.code), stdout, stderr })),
      );
    });
  },
};

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function benchFinding({ code, stdout, stderr }: Ended): Finding {
  const verdict = verdictOf(stdout);
  if (verdict === 'PASS' && code === 0) return ok('the targets are met: tokenpak bench --quick says PASS');
  if (verdict === 'FAIL') {
    return fail('a target is missed: tokenpak bench --quick says FAIL', 'What it measured is in its report.', [
      'tokenpak bench --quick',
    ]);
  }
  if (verdict === 'INVALID') {
    const why = 'The machine was too busy for what it measured to count.';
    return { ...skip('not known: tokenpak bench --quick says INVALID', ['tokenpak bench --quick']), detail: why };
  }
  const [first = ''] = stderr.trim().split('\n');
  return { ...skip(`not measured: tokenpak bench ended with ${code}`), detail: first || 'It printed no verdict.' };
}

/** Null where there is no report. */
function verdictOf(stdout: string): unknown {
  try {
    return (JSON.parse(stdout) as { readonly verdict?: unknown }).verdict ?? null;
  } catch {
    return null;
  }
}
