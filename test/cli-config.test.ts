import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandLine, commandLine } from './support/command-line.ts';

let cli: CommandLine;
let file: string;
beforeEach(() => {
  cli = commandLine();
  file = path.join(cli.home, 'tokenpak.yaml');
});
afterEach(() => cli.close());

const write = (yaml: string): void => writeFileSync(file, yaml, { mode: 0o600 });

describe('tokenpak config', () => {
  it('writes a file to begin with, which is valid, and never over another', async () => {
    expect((await cli.run(['config', 'init'])).stdout).toContain(file);
    // Windows shows no more than that a file can be written.
    expect(statSync(file).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600);
    expect(await cli.run(['config', 'validate'])).toMatchObject({ code: 0, stdout: `${file}: valid\n`, stderr: '' });
    const again = await cli.run(['config', 'init']);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('is there already');
  });

  it('writes one that is valid with all of its examples, too', async () => {
    await cli.run(['config', 'init']);
    const examples = readFileSync(file, 'utf8').replaceAll(/^# (?=\s*(?:[a-zA-Z]+:(?:\s|$)|- ))/gmu, '');
    write(examples.replaceAll(/^ +apiKeyFile:.*$/gmu, ''));
    const { code, stderr } = await cli.run(['config', 'validate']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const shown = (await cli.run(['config', 'show'])).stdout;
    for (const setting of ['providers.groq.baseUrl', '{ per: key, ', '{ name: day, ', 'sticky: session']) {
      expect(shown).toContain(setting);
    }
  });

  it('lists every problem, for people and for programs', async () => {
    write('listen:\n  port: none\nprojects: {}\n');
    const text = await cli.run(['config', 'validate']);
    expect(text).toMatchObject({ code: 5, stdout: '' });
    expect(text.stderr).toContain(`${file}:2:3: listen.port: expected a whole number from 0 to 65535, got "none"`);
    expect(text.stderr).toContain(
      `${file}:3:1: projects: expected nothing here: this version of tokenpak does not have projects yet`,
    );
    const json = await cli.run(['config', 'validate', '--json']);
    expect(json.code).toBe(5);
    expect(JSON.parse(json.stdout)).toMatchObject({
      valid: false,
      problems: [{ file, line: 2, column: 3, key: 'listen.port' }, { line: 3 }],
    });
  });

  it('shows what counts and where it comes from, but no key', async () => {
    write('listen: { port: 9000 }\nlog: { level: warn }\n');
    const env = { TOKENPAK_LOG_LEVEL: 'debug', OPENAI_API_KEY: 'sk-canary-1234567890' };
    const { code, stdout } = await cli.run(['config', 'show', '--origin'], env);
    expect(code).toBe(0);
    const rows = stdout.split('\n').map((line) => line.split(/ {2,}/u));
    expect(rows).toContainEqual(['listen.port', '9000', `${file}:1`]);
    expect(rows).toContainEqual(['log.level', 'debug', 'TOKENPAK_LOG_LEVEL']);
    expect(rows).toContainEqual(['metrics', 'on', 'default']);
    expect(rows).toContainEqual(['providers.openai.apiKey', 'set', 'OPENAI_API_KEY']);
    expect(rows).toContainEqual(['providers.gemini.apiKey', 'none', 'GEMINI_API_KEY']);
    expect(stdout).not.toContain('canary');
    const json = JSON.parse((await cli.run(['config', 'show', '--json'], env)).stdout) as { settings: unknown[] };
    expect(json.settings).toContainEqual({ key: 'listen.port', value: 9000 });
  });

  it('tells where everything lies', async () => {
    const { stdout } = await cli.run(['config', 'path', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ config: file, state: path.join(cli.home, 'state') });
    const elsewhere = await cli.run(['config', 'path', '--home', '/elsewhere']);
    expect(elsewhere.stdout).toMatch(/^config +\/elsewhere\/tokenpak\.yaml\n/u);
  });

  it('warns of a variable that looks like one of its own', async () => {
    const { code, stderr } = await cli.run(['config', 'validate'], { TOKENPAK_PROT: '1' });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'warning: TOKENPAK_PROT is set, but tokenpak reads no such variable; did you mean TOKENPAK_PORT?\n',
    });
  });
});
