import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { commandLine } from './support/command-line.ts';

const cli = commandLine();
afterAll(cli.close);

const root = fileURLToPath(new URL('..', import.meta.url));
const commands = [
  'bench',
  'breaker',
  'budget',
  'keys',
  'reload',
  'cost',
  'logs',
  'why',
  'start',
  'stop',
  'restart',
  'status',
  'top',
  'statusline',
  'health',
  'env',
  'config',
  'prices',
  'doctor',
  'loopback',
  'version',
];
const subcommands = [
  'bench compare',
  'breaker open',
  'breaker close',
  'breaker auto',
  'budget list',
  'budget set',
  'budget allow',
  'budget reset',
  'budget remove',
  'config show',
  'config validate',
  'config path',
  'config init',
  'keys create',
  'keys list',
  'keys rotate',
  'keys revoke',
  'prices list',
  'prices check',
  'prices import',
];

describe('tokenpak', () => {
  it('shows short help with four examples when it is told nothing', async () => {
    const { code, stdout, stderr } = await cli.run([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').filter((line) => line.startsWith('  $ '))).toHaveLength(4);
    const listed = /Commands:\n(?<list>.*)\nOptions:/su.exec(stdout)!.groups!['list']!;
    const names = listed.split('\n').flatMap((line) => line.trim().split(/ {2,}/u)[0]!.split(', '));
    expect(names.toSorted()).toEqual(commands.toSorted());
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeLessThan(24);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect((await cli.run(['--help'])).stdout).toBe(stdout);
    expect((await cli.run(['help'])).stdout).toBe(stdout);
  });

  it.each([...commands, ...subcommands])('explains %s in less than 24 lines of at most 80 columns', async (command) => {
    const { code, stdout } = await cli.run([...command.split(' '), '--help']);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeLessThan(24);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(stdout.startsWith(`Usage: tokenpak ${command}`)).toBe(true);
  });

  it.each([
    [['statsu'], "unknown command 'statsu'\n(Did you mean status?)\n  try    tokenpak --help\n"],
    [['start', '--prot', '1'], "unknown option '--prot'\n(Did you mean --port?)\n  try    tokenpak --help\n"],
    [['start', '--port', '70000'], 'Expected a whole number from 0 to 65535.'],
    [['start', '--drain', 'soon'], 'Expected a time such as 500ms, 10s or 2m.'],
    [['start', '--upstream', 'openai'], 'Expected NAME=URL'],
    [['start', 'now'], 'too many arguments'],
    [['start', '--demo', '--detach'], "option '--demo' cannot be used with option '--detach'"],
    [['start', '--demo', '--home', '/tmp'], '--demo has a home of its own'],
    [['env', '--shell', 'tcsh'], 'Allowed choices are bash, zsh, fish, pwsh, json.'],
    [['bench', '--rps', 'many'], 'Expected a number from 0 to 1000000.'],
    [['bench', '--target', 'http://10.0.0.5:8766'], 'Expected the URL of a proxy on this machine'],
    [['config', 'shwo'], "unknown command 'shwo'\n(Did you mean show?)"],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await cli.run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: /u);
    expect(stderr).toContain(message);
  });

  it.each(['status', 'stop', 'restart', 'health', 'env'])('has %s end with 3 when no proxy runs', async (command) => {
    const { code, stdout, stderr } = await cli.run([command]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toBe('error: no proxy is running\n  try    tokenpak start\n');
  });

  it('tells its version', async () => {
    const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string };
    for (const line of ['version', '--version', '-V']) {
      expect(await cli.run([line])).toEqual({ code: 0, stdout: `tokenpak ${version}\n`, stderr: '' });
    }
    expect(JSON.parse((await cli.run(['version', '--json'])).stdout)).toMatchObject({ version: 1, tokenpak: version });
  });

  it('uses no colour unless it writes to a terminal, and then only if NO_COLOR lets it', async () => {
    const colored = await cli.run(['status'], { FORCE_COLOR: '1' });
    expect(colored.stderr).toContain('\u001B[31merror:');
    for (const env of [{}, { FORCE_COLOR: '1', NO_COLOR: '1' }]) {
      expect((await cli.run(['status'], env)).stderr).not.toContain('\u001B[');
    }
    expect((await cli.run(['status', '--no-color'])).stderr).not.toContain('\u001B[');
  });

  it('loads nothing for its help that only some commands need', async () => {
    const { stderr } = await cli.run(['--help'], { NODE_DEBUG: 'esm' });
    for (const heavy of ['zod', 'undici', 'yaml', 'js-tiktoken'])
      expect(stderr).not.toContain(`/node_modules/${heavy}/`);
    // Proves that the check above sees what is loaded.
    expect(stderr).toContain('/node_modules/commander/');
  });
});

describe('what the program says', () => {
  it('names no command that does not exist', () => {
    const known = new Set([...commands, ...subcommands, 'help']);
    // A command to type stands in quotes, behind a prompt or behind a word such as "run"; prose goes on with a verb.
    const shown =
      /(?:[`"]|\$ |\$\(|(?:try|stop|check|totals|clients) {2,}|run:? |with:? )tokenpak (?!is |did |was |has )([a-z]+(?: [a-z]+)?)(?![a-z:])/gu;
    const texts = ['src', 'templates', 'docs', 'bin'].flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(?:tsx?|js|md|yaml)$/u.test(name) && !name.includes('.test.'))
        .map((name) => ({ name, text: readFileSync(path.join(root, folder, name), 'utf8') })),
    );
    const mentions = texts.flatMap(({ name, text }) =>
      [...text.matchAll(shown)].map(([, words = '']) => ({ name, words })),
    );
    expect(mentions.length).toBeGreaterThan(20);
    const wrong = mentions.filter(({ words }) => !known.has(words) && !known.has(words.split(' ')[0] ?? ''));
    expect(wrong).toEqual([]);
  });
});
