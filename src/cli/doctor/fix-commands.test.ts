import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../main.ts';
import { createTerminal } from '../terminal.ts';

/** Every `tokenpak …` command line in the doctor's own sources, with a number where a value is put in. */
const lines = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .flatMap((name) => {
    const code = readFileSync(path.join(import.meta.dirname, name), 'utf8').replaceAll(/^\s*(?:\/\/|\/?\*).*$/gmu, '');
    const strings = code.replaceAll(/\$\{(?:[^{}`]|`[^`]*`)*\}/gu, '8766');
    return [...strings.matchAll(/['"`(&] ?tokenpak ([a-z]+[^'"`)&;\n]*)/gu)].map(([, line = '']) => line.trim());
  });

function childOf(command: Command, name: string | undefined): Command | undefined {
  return command.commands.find((child) => child.name() === name);
}

describe('a command line that the doctor prints', () => {
  let program: Command;
  beforeAll(async () => {
    const write = (): undefined => undefined;
    const terminal = createTerminal({ write, on: write }, { write, on: write });
    const bare = await createProgram([], { terminal, startedWith: {} });
    const names = bare.commands.map((command) => command.name());
    program = await createProgram(names, { terminal, startedWith: {} });
  });

  it('is found at all', () => {
    expect(lines).toContain('config validate');
    expect(lines).toContain('restart --port 8766');
    expect(lines.length).toBeGreaterThan(8);
  });

  it.each([...new Set(lines)])('exists: tokenpak %s', (line) => {
    const words = line.split(/[\s:,]+/u).filter((word) => word !== '');
    // Printed only once `bench` has answered.
    if (words[0] === 'bench' && !program.commands.some((command) => command.name() === 'bench')) return;
    let command = program;
    for (let child: Command | undefined = program; child !== undefined; child = childOf(command, words[0])) {
      if (child !== program) words.shift();
      command = child;
    }
    expect(command.name()).not.toBe('tokenpak');
    const flags = words.filter((word) => word.startsWith('-'));
    const known = command.options.flatMap(({ short, long }) => [short, long]);
    expect(flags.filter((flag) => !known.includes(flag))).toEqual([]);
  });
});
