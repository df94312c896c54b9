import { describe, expect, it } from 'vitest';
import { groups } from '../check.ts';
import { checkTable } from './index.ts';
import { slaRun } from './sla-run.ts';

describe('the checks', () => {
  it('stand in the order of their groups, each with a name of its own', () => {
    const all = checkTable.map(({ check }) => check);
    const ids = [...all, slaRun].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const order = all.map(({ group }) => groups.indexOf(group));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it('are listed in docs/doctor.md as they are', async () => {
    const rows = checkTable.map(({ check: { id, group }, means }) => `| \`${id}\` | ${group} | ${means} |`);
    await expect(page(rows)).toMatchFileSnapshot('../../../../docs/doctor.md');
  });
});

function page(rows: readonly string[]): string {
  return [
    '# tokenpak doctor',
    '',
    '`tokenpak doctor` finds what is wrong on this machine and what to do about it. It changes nothing unless `--fix` is',
    'given and you have agreed to each change; it shows, sends and writes no key.',
    '',
    '```text',
    '$ tokenpak doctor',
    '[xx] network    1 of 4 not as it should be',
    '     port.free         port 8766 is held by python3 (pid 9921)',
    '                       why: No proxy can start on it, and what clients send there goes to that program.',
    '                       fix: tokenpak start --port 8767',
    '                       or:  lsof -i :8766',
    '[ok] runtime    node 22.20.0, linux x64, 8 cores; one tokenpak on PATH; 3 more',
    '…',
    '',
    '1 problem. Exit 1.',
    '```',
    '',
    'A line for each group, the worst first; beneath it only what is off. Where nothing is, there is nothing but these',
    'lines. `[ok]` is as it should be, `[--]` does not apply here or could not be told, `[!!]` is a warning, `[xx]` a',
    'failure. It ends with 0, also with warnings; with 1 for a failure, or with `--strict` for a warning; with 2 for wrong',
    'usage. All checks run at once, each for two seconds at most unless a row below says otherwise.',
    '',
    '| option | meaning |',
    '| --- | --- |',
    '| `tokenpak doctor network port.free` | only these groups and checks |',
    '| `--fix` | mends what tokenpak itself has written, after asking; needs a terminal to answer on |',
    '| `--strict` | a warning ends with 1 as well |',
    '| `--offline` | asks nothing beyond this machine |',
    '| `--sla` | measures as well: `sla.run` is `tokenpak bench --quick` |',
    '| `-v` | shows every check, with the milliseconds that it took |',
    '| `--json` | `{version, checks, exit_code, exit_reason}`; each check `{id, group, status, summary, detail, fix, ms}` |',
    '',
    '`status` is `ok`, `skip`, `warn` or `fail`; `fix` is null or `{commands, auto}`, where `auto` says that `--fix` can do',
    'it; `exit_reason` is `ok`, `warnings` or `failures`.',
    '',
    '## Checks',
    '',
    'What is so where a check says `[ok]`:',
    '',
    '| check | group | meaning |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
