import { describe, expect, it } from 'vitest';
import { createTerminal, type Terminal } from '../terminal.ts';
import { warn } from './finding.ts';
import { applyFixes, mendable } from './fixes.ts';
import type { CheckResult } from './run-checks.ts';

const done: string[] = [];
const said: string[] = [];

function mends(id: string, run = (): Promise<void> => Promise.resolve(void done.push(id))): CheckResult {
  return { id, group: 'install', ms: 1, ...mendable(warn(id, 'why', ['chmod']), `Mend ${id}?`, run) };
}

/** Somebody who says yes to these questions alone. */
function answering(yes: readonly string[] | null): Terminal {
  done.length = said.length = 0;
  const output = { isTTY: false, write: (text: string) => said.push(text), on: () => undefined };
  const ask = async (question: string): Promise<boolean> => yes!.includes(question);
  return { ...createTerminal(output, output), ask: yes === null ? null : ask };
}

describe('mending', () => {
  it('does what is agreed to and nothing else', async () => {
    const broken = mends('c', () => Promise.reject(new Error('EPERM: not\nyours')));
    const plain: CheckResult = { id: 'd', group: 'install', ms: 1, ...warn('d', 'why', ['by hand']) };
    const terminal = answering(['Mend a?', 'Mend c?']);
    expect(await applyFixes([mends('a'), mends('b'), broken, plain], terminal)).toEqual(['a']);
    expect(done).toEqual(['a']);
    expect(said.join('')).toMatch(/^\S*warning:\S* c is as it was: EPERM: not ?yours\n$/u);
  });

  it('is refused where nobody can be asked, unless there is nothing to ask', async () => {
    await expect(applyFixes([mends('a')], answering(null))).rejects.toMatchObject({ exitCode: 2 });
    expect(done).toEqual([]);
    expect(await applyFixes([], answering(null))).toEqual([]);
  });
});
