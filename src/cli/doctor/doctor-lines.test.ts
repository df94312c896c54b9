import { Chalk } from 'chalk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CheckStatus, type GroupName, groups } from './check.ts';
import { doctorLines } from './doctor-lines.ts';
import { doctorJson, endOf } from './doctor-report.ts';
import type { CheckResult } from './run-checks.ts';

const apply = { question: 'Shall it?', run: () => Promise.resolve() };

function result(id: string, group: GroupName, status: CheckStatus, more: Partial<CheckResult> = {}): CheckResult {
  const isWrong = status === 'warn' || status === 'fail';
  return {
    ...{ id, group, status, summary: `${id} is ${status}`, ms: 1.5, fix: null },
    detail: isWrong ? 'It matters.' : null,
    ...more,
  };
}

function linesOf(results: readonly CheckResult[], { all = false, widthCells = 80, strict = false } = {}): string[] {
  const end = endOf(results, strict);
  return doctorLines(results, { end, all, widthCells, color: new Chalk({ level: 0 }) });
}

const healthy = [
  result('node.version', 'runtime', 'ok'),
  result('npm.bin', 'runtime', 'skip'),
  result('port.free', 'network', 'ok'),
  result('terminal', 'terminal', 'skip'),
];
const ill = [
  ...healthy,
  result('perm.ledger', 'install', 'warn', { fix: { commands: ['chmod 600 a'], apply } }),
  result('tls.ca', 'network', 'fail', { fix: { commands: ['first', 'second'], apply: null } }),
  result('config.valid', 'config', 'skip', { detail: 'It threw.' }),
];

describe('the lines of a report', () => {
  it('are one for each group where nothing is wrong', () => {
    expect(linesOf(healthy)).toEqual([
      '[ok] runtime    node.version is ok',
      '[ok] network    port.free is ok',
      '[--] terminal   terminal is skip',
    ]);
  });

  it('have the worst group first, and beneath it what is off, why, and what to do', () => {
    expect(linesOf(ill)).toEqual([
      '[xx] network    1 of 2 not as it should be',
      '     tls.ca            tls.ca is fail',
      '                       why: It matters.',
      '                       fix: first',
      '                       or:  second',
      '[!!] install    1 of 1 not as it should be',
      '     perm.ledger       perm.ledger is warn',
      '                       why: It matters.',
      '                       fix: chmod 600 a',
      '[ok] runtime    node.version is ok',
      '[--] config     config.valid is skip',
      '     config.valid      config.valid is skip',
      '                       why: It threw.',
      '[--] terminal   terminal is skip',
      '',
      '1 problem, 1 warning, 1 unanswered check. Exit 1.   tokenpak doctor --fix can mend 1 of them.',
    ]);
  });

  it('show every check with its time where all are wanted', () => {
    const lines = linesOf(healthy, { all: true });
    for (const { id } of healthy) expect(lines.filter((line) => line.startsWith(`     ${id} `))).toHaveLength(1);
    expect(lines[2]).toBe('     npm.bin           [--] npm.bin is skip  1.5 ms');
  });

  it('tell for a group that is well no more than there is room for, but something', () => {
    const statuses = fc.constantFrom<CheckStatus>('ok', 'skip');
    const checks = fc.array(
      fc.tuple(fc.constantFrom(...groups), statuses, fc.string({ unit: 'grapheme-ascii', minLength: 1 })),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(checks, fc.integer({ min: 40, max: 200 }), (made, widthCells) => {
        const results = made.map(([group, status, summary], index) => result(`c${index}`, group, status, { summary }));
        const lines = linesOf(results, { widthCells });
        expect(lines).toHaveLength(new Set(made.map(([group]) => group)).size);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(widthCells);
      }),
    );
  });
});

describe('the end of a report', () => {
  it.each([
    [['ok', 'skip'], false, 0, 'ok'],
    [['ok', 'warn'], false, 0, 'warnings'],
    [['ok', 'warn'], true, 1, 'warnings'],
    [['warn', 'fail'], false, 1, 'failures'],
    [['skip'], true, 0, 'ok'],
  ] as const)('of %j, strict %s, is %i for %s', (statuses, isStrict, exitCode, reason) => {
    const results = statuses.map((status, index) => result(`c${index}`, 'runtime', status));
    expect(endOf(results, isStrict)).toEqual({ exitCode, reason });
  });

  it('has the same for programs', () => {
    const json = JSON.parse(JSON.stringify(doctorJson(ill, endOf(ill, false)))) as Record<string, unknown>;
    expect(json).toMatchObject({ version: 1, exit_code: 1, exit_reason: 'failures' });
    const checks = json['checks'] as Record<string, unknown>[];
    expect(checks.map(({ id }) => id)).toEqual(ill.map(({ id }) => id));
    expect(checks[4]).toEqual({
      ...{ id: 'perm.ledger', group: 'install', status: 'warn', summary: 'perm.ledger is warn', detail: 'It matters.' },
      ...{ fix: { commands: ['chmod 600 a'], auto: true }, ms: 1.5 },
    });
    expect(checks[0]).toMatchObject({ detail: null, fix: null });
  });
});
