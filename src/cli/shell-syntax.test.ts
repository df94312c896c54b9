import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { shells, writeExports, writeUnset } from './shell-syntax.ts';

const variables = { A_URL: 'http://127.0.0.1:8766/v1', B: "it's $HOME" };

describe('exports', () => {
  it.each([
    ['bash', `export A_URL='http://127.0.0.1:8766/v1'\nexport B='it'\\''s $HOME'`],
    ['zsh', `export A_URL='http://127.0.0.1:8766/v1'\nexport B='it'\\''s $HOME'`],
    ['fish', `set -gx A_URL 'http://127.0.0.1:8766/v1'\nset -gx B 'it\\'s $HOME'`],
    ['pwsh', `$env:A_URL = 'http://127.0.0.1:8766/v1'\n$env:B = 'it''s $HOME'`],
  ] as const)('are written for %s', (shell, text) => expect(writeExports(shell, variables)).toBe(text));

  it('are an object in JSON', () => {
    expect(JSON.parse(writeExports('json', variables))).toEqual(variables);
    expect(JSON.parse(writeUnset('json', ['B']))).toEqual({ B: null });
  });

  it.skipIf(process.platform === 'win32')('mean to a shell what they say', () => {
    const script = `${writeExports('bash', variables)}\nprintf '%s' "$B"\n${writeUnset('bash', ['B'])}\nprintf '%s' "\${B-gone}"`;
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe("it's $HOMEgone");
  });

  it('can be taken back in every shell', () => {
    for (const shell of shells) expect(writeUnset(shell, ['A_URL'])).toContain('A_URL');
  });
});
