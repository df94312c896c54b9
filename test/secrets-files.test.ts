import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { canary, leaked, textUnder } from './support/canaries.ts';
import { commandLine, type CommandLine } from './support/command-line.ts';

const secrets = { anthropic: canary(), openai: canary(), gemini: canary(), prompt: canary() };
const env = {
  ANTHROPIC_API_KEY: `sk-ant-${secrets.anthropic}`,
  OPENAI_API_KEY: `sk-${secrets.openai}`,
  GEMINI_API_KEY: secrets.gemini,
};

describe('files and directories', () => {
  let cli: CommandLine;
  const umask = process.umask();
  beforeAll(() => void process.umask(0));
  afterAll(() => void process.umask(umask));
  afterEach(() => cli.close());

  it.each([
    ['when they are made', () => undefined],
    [
      'when they were there before, readable for everybody',
      (home: string) => {
        for (const directory of ['data', 'state']) mkdirSync(path.join(home, directory), { mode: 0o755 });
        writeFileSync(path.join(home, 'state/tokenpak.log'), '', { mode: 0o666 });
      },
    ],
  ])('are the user’s alone %s, and hold no held key', async (_, prepare) => {
    cli = commandLine();
    chmodSync(cli.home, 0o755);
    prepare(cli.home);
    const logFile = path.join(cli.home, 'state', 'tokenpak.log');
    const args = ['start', '--no-tui', '--port', '0', '--log-level', 'debug', '--log-file', logFile];
    const running = cli.launch(args, env);
    const [, url = ''] = await running.printed(/(http:\/\/127\.0\.0\.1:\d+)/);
    for (const body of [JSON.stringify({ model: 'loopback-tokens-5', prompt: secrets.prompt }), secrets.prompt]) {
      const headers = { 'content-type': 'application/json' };
      await (await fetch(`${url}/v1/messages`, { method: 'POST', headers, body })).text();
    }
    const during = modesUnder(cli.home);
    running.signal('SIGTERM');
    const { stdout, stderr } = await running.finished;
    for (const modes of [during, modesUnder(cli.home)]) {
      expect(Object.keys(modes).length).toBeGreaterThan(3);
      expect(Object.entries(modes).filter(([, mode]) => (mode & 0o077) !== 0)).toEqual([]);
    }
    expect(leaked(secrets, stdout + stderr + textUnder(cli.home))).toEqual([]);
  });
});

/** The permissions of all that lies in a directory. */
function modesUnder(directory: string): Record<string, number> {
  const entries = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(entries.map((entry) => [entry, statSync(path.join(directory, entry)).mode & 0o777]));
}
