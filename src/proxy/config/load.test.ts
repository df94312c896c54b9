import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { configHome } from '../../../test/support/load-config.ts';
import { ConfigError, createSecrets, loadConfig, noSecrets, problemText } from './index.ts';

const home = configHome();
afterAll(home.remove);

describe('the configuration', () => {
  it('needs no file: everything has a default', async () => {
    const { config, warnings } = await home.load(null);
    expect(warnings).toEqual([]);
    expect(config).toMatchObject({
      version: '1.2.3',
      listen: { host: '127.0.0.1', port: 8766, expose: false, token: null },
      deadlines: { connectMs: 5000, firstByteMs: 300_000, totalMs: 0 },
      drainMs: 10_000,
      usage: 'inject',
      metrics: 'on',
      logLevel: 'info',
      pricesFile: null,
      demo: false,
    });
    expect(Object.keys(config.providers)).toEqual(['anthropic', 'openai', 'gemini']);
    expect(config.paths.configFile).toBe(home.file);
  });

  it('is what the file says', async () => {
    const { config } = await home.load(`
listen: { port: 9000 }
drainSeconds: 2.5
usage: asIs
metrics: off
log:
  level: debug
  file: ~/tokenpak.log
prices: /etc/tokenpak/prices.json
providers:
  ollama: { baseUrl: 'http://127.0.0.1:11434', dialects: [openai-chat], local: true }
`);
    expect(config).toMatchObject({
      listen: { port: 9000 },
      drainMs: 2500,
      usage: 'asIs',
      metrics: 'off',
      logLevel: 'debug',
    });
    expect(config.pricesFile).toBe('/etc/tokenpak/prices.json');
    expect(path.isAbsolute(config.paths.logFile)).toBe(true);
    expect(config.providers.ollama).toMatchObject({ baseUrl: 'http://127.0.0.1:11434', local: true, apiKey: null });
  });

  it('takes a key without content as not set, so that a part can be commented out', async () => {
    const { config } = await home.load('listen:\n  # port: 1\nproviders:\n  openai:\n    # proxy: env\n');
    expect(config.listen.port).toBe(8766);
    expect(config.providers.openai?.baseUrl).toBe('https://api.openai.com');
  });

  it('lets a flag stand before a variable, a variable before the file, the file before a default', async () => {
    const yaml = 'listen: { port: 1001 }\nlog: { level: error }\ndeadlines: { totalMs: 5 }';
    const env = { TOKENPAK_PORT: '1002', TOKENPAK_LOG_LEVEL: 'warn', TOKENPAK_REQUEST_TIMEOUT: '1.5' };
    const all = await home.load(yaml, { env, flags: { port: 1003 } });
    expect(all.config).toMatchObject({ listen: { port: 1003 }, logLevel: 'warn', deadlines: { totalMs: 1500 } });
    expect(all.origin(['listen', 'port'])).toEqual({ kind: 'flag', name: '--port' });
    expect(all.origin(['log', 'level'])).toEqual({ kind: 'environment', name: 'TOKENPAK_LOG_LEVEL' });
    expect(all.origin(['listen', 'host'])).toEqual({ kind: 'default' });

    const fileOnly = await home.load(yaml);
    expect(fileOnly.config).toMatchObject({ listen: { port: 1001 }, logLevel: 'error', deadlines: { totalMs: 5 } });
    expect(fileOnly.origin(['deadlines', 'totalMs'])).toEqual({ kind: 'file', file: home.file, line: 3, column: 14 });
  });

  it('counts an empty variable as none', async () => {
    const { config } = await home.load('listen: { port: 1001 }', { env: { TOKENPAK_PORT: '' } });
    expect(config.listen.port).toBe(1001);
  });

  it('is frozen to its depths and can cross to a thread', async () => {
    const { config } = await home.load(null);
    expect(Object.isFrozen(config.providers.openai?.dialects)).toBe(true);
    expect(structuredClone(config)).toEqual(config);
  });

  it('warns of variables that look like its own and are not', async () => {
    const env = { TOKENPAK_PROT: '1', TOKENPAK_TOKEN: 'abc', TOKENPAK_KEY_OF_MINE: 'k' };
    const yaml = 'providers: { openai: { apiKeyEnv: TOKENPAK_KEY_OF_MINE } }';
    const { warnings } = await home.load(yaml, { env });
    expect(warnings).toEqual([
      'TOKENPAK_PROT is set, but tokenpak reads no such variable; did you mean TOKENPAK_PORT?',
    ]);
  });

  it('is not looked for in the working directory', async () => {
    writeFileSync(path.join(home.directory, 'elsewhere.yaml'), 'listen: { port: 1 }');
    for (const name of ['TOKENPAK_CONFIG', 'TOKENPAK_HOME']) {
      const load = loadConfig({
        env: { [name]: 'elsewhere.yaml' },
        flags: {},
        secrets: noSecrets,
        version: '1',
        demo: false,
      });
      await expect(load).rejects.toThrow(`${name}: expected an absolute path, got "elsewhere.yaml"`);
    }
  });

  it('must be there when it was named', async () => {
    const problems = await home.problems(null, { flags: { config: '/nowhere/tokenpak.yaml' } });
    expect(problems.map(problemText)).toEqual(['/nowhere/tokenpak.yaml: expected a file, got nothing there']);
  });
});

describe('a broken configuration', () => {
  const table: readonly (readonly [name: string, yaml: string, ...problems: string[]])[] = [
    ['a wrong type', 'listen:\n  port: abc', '2:3: listen.port: expected a whole number from 0 to 65535, got "abc"'],
    [
      'a number out of range',
      'listen: { port: 70000 }',
      '1:11: listen.port: expected a whole number from 0 to 65535, got 70000',
    ],
    [
      'a fraction',
      'ledger:\n\n  retentionDays: 1.5',
      '3:3: ledger.retentionDays: expected a whole number of at least 1, got 1.5',
    ],
    ['an unknown word', 'metrics: maybe', '1:1: metrics: expected one of: on, off, got "maybe"'],
    [
      'a mapping where a value belongs',
      'drainSeconds: {}',
      '1:1: drainSeconds: expected a number from 0 to 3600, got a mapping',
    ],
    ['a value where a mapping belongs', 'listen: 8766', '1:1: listen: expected a mapping (key: value), got 8766'],
    [
      'aliases in a circle',
      'aliases:\n  fast: small\n  small: fast\n  good: claude-haiku-4-5',
      '2:3: aliases.fast: expected a model, or an alias that leads to one, got "small"',
      '3:3: aliases.small: expected a model, or an alias that leads to one, got "fast"',
    ],
    ['an alias for no model', 'aliases: { a: 7 }', '1:12: aliases.a: expected text, got 7'],
    [
      'a route to nobody',
      'routes:\n  - targets: [anthropic]\n  - targets:\n      - anthropic\n      - nobody',
      '5:9: routes.1.targets.1: expected a provider that is configured: anthropic, openai, gemini, loopback, got "nobody"',
    ],
    [
      'a route for a dialect that no target speaks',
      'routes: [{ match: { dialect: gemini }, targets: [openai] }]',
      '1:40: routes.0.targets: expected at least one provider that speaks gemini, got a list',
    ],
    [
      'a route at no time of day',
      "routes: [{ match: { time: '9 to 5' }, targets: [openai] }]",
      '1:21: routes.0.match.time: expected times of day such as 09:00-17:30, got "9 to 5"',
    ],
    [
      'a weight that nobody reads',
      'routes: [{ targets: [{ provider: openai, weight: 2 }] }]',
      '1:42: routes.0.targets.0.weight: expected no weight, unless the route says choose: weight, got 2',
    ],
    [
      'an unknown cause',
      'routes: [{ targets: [openai], failoverOn: [403] }]',
      '1:44: routes.0.failoverOn.0: expected 429, or one of: connect, timeout, quota, 5xx, overloaded, contextLength, open, got 403',
    ],
    [
      'breaker settings out of range',
      'breaker: { failures: 0 }',
      '1:12: breaker.failures: expected a whole number from 1 to 64, got 0',
    ],
    ['a misspelt key', 'listen:\n  prot: 1', '2:3: listen.prot: expected a known key; did you mean port?'],
    ['a misspelt key at the top', 'provider: {}', '1:1: provider: expected a known key; did you mean providers?'],
    ['an unknown key', 'log: { colour: red }', '1:8: log.colour: expected one of the keys level, file'],
    [
      'a part of a later version',
      'projects: {}',
      '1:1: projects: expected nothing here: this version of tokenpak does not have projects yet',
    ],
    [
      'a doubled key',
      'usage: asIs\nusage: inject',
      '2:1: usage: expected each key once, got a second one; the first is on line 1',
    ],
    [
      'a missing key',
      'providers:\n  mine:\n    baseUrl: https://a.example',
      '2:3: providers.mine.dialects: expected a list, each item one of: openai-chat, openai-responses, anthropic-messages, gemini, got nothing',
    ],
    [
      'an unknown dialect',
      "providers: { mine: { baseUrl: 'https://a.example', dialects: [chat] } }",
      '1:63: providers.mine.dialects.0: expected one of: openai-chat, openai-responses, anthropic-messages, gemini, got "chat"',
    ],
    [
      "a provider's name that is taken",
      "providers: { health: { baseUrl: 'https://a.example', dialects: [gemini] } }",
      '1:14: providers.health: expected a name of at most 64 lower-case letters, digits, dots, dashes and underscores that no path of tokenpak begins with, got "health"',
    ],
    [
      'plain HTTP to a stranger',
      "providers: { openai: { baseUrl: 'http://a.example' } }",
      '1:24: providers.openai.baseUrl: expected another value, since http:// needs local: true, or insecure: true, got "http://a.example"',
    ],
    [
      'credentials in a URL',
      "providers: { openai: { baseUrl: 'https://me:secret@a.example' } }",
      '1:24: providers.openai.baseUrl: expected no credentials in the URL; apiKeyEnv names a variable for them, got what looks like a credential (not shown)',
    ],
    [
      'a key in the file',
      'providers:\n  openai:\n    apiKey: sk-proj-123456',
      '3:5: providers.openai.apiKey: expected no credential in this file; name its environment variable in apiKeyEnv, or a file that only you can read in apiKeyFile',
    ],
    [
      "a key where a variable's name belongs",
      'providers: { openai: { apiKeyEnv: sk-proj-123456 } }',
      '1:24: providers.openai.apiKeyEnv: expected the name of an environment variable, or none, got what looks like a credential (not shown)',
    ],
    [
      'a relative path',
      'log: { file: logs/a.log }\nprices: prices.json',
      '1:8: log.file: expected an absolute path, or one from ~/, got "logs/a.log"',
      '2:1: prices: expected an absolute path, or one from ~/, got "prices.json"',
    ],
    [
      'a proxy with a password',
      "proxy: 'http://me:pass@proxy.example:3128'",
      '1:1: proxy: expected env, or an http:// or https:// URL without credentials (those belong in HTTPS_PROXY), got what looks like a credential (not shown)',
    ],
    [
      'an address that others can reach',
      'listen: { host: 0.0.0.0 }',
      '1:11: listen.host: expected 127.0.0.1, ::1 or localhost; any other address needs --expose and a token, got "0.0.0.0"',
    ],
    [
      'such an address without a token',
      'listen: { host: 0.0.0.0, expose: true }',
      '1:1: listen.tokenEnv: expected a token in TOKENPAK_TOKEN, since the address is reachable by others, got none',
    ],
  ];

  it.each(table)('names the place of %s', async (_, yaml, ...expected) => {
    const problems = await home.problems(yaml);
    expect(problems.map(problemText)).toEqual(expected.map((line) => `${home.file}:${line}`));
  });

  it('is told of all at once, in the order of the file', async () => {
    const yaml = 'metrics: 1\nlisten:\n  port: x\n  hots: y\ncache: {}\nproviders: { V1: {} }';
    const problems = await home.problems(yaml, { env: { TOKENPAK_LOG_LEVEL: 'loud' } });
    expect(problems.map(({ line, key }) => `${line} ${key}`)).toEqual([
      '1 metrics',
      '3 listen.port',
      '4 listen.hots',
      '5 cache',
      '6 providers.V1',
      '6 providers.V1.baseUrl',
      '6 providers.V1.dialects',
      'null TOKENPAK_LOG_LEVEL',
    ]);
  });

  it('names the variable that a wrong value came from', async () => {
    const env = { TOKENPAK_PORT: '80a', TOKENPAK_LOG_LEVEL: 'loud', TOKENPAK_REQUEST_TIMEOUT: 'soon' };
    const problems = await home.problems(null, { env });
    expect(problems.map(problemText)).toEqual([
      'TOKENPAK_PORT: expected a whole number from 0 to 65535, got "80a"',
      'TOKENPAK_REQUEST_TIMEOUT: expected seconds, a number of at least 0, got "soon"',
      'TOKENPAK_LOG_LEVEL: expected one of: error, warn, info, debug, got "loud"',
    ]);
  });

  it('names the flag that a wrong value came from', async () => {
    const flags = { logLevel: 'loud', upstreams: { openai: 'ftp://a.example', nobody: 'https://a.example' } };
    const problems = await home.problems(null, { flags });
    expect(problems.map(problemText)).toEqual([
      '--upstream: expected a name of anthropic, openai, gemini, got "nobody"',
      '--upstream: expected https:// or http://, got "ftp://a.example"',
      '--log-level: expected one of: error, warn, info, debug, got "loud"',
    ]);
  });

  it('is one when the check of certificates is turned off', async () => {
    const problems = await home.problems(null, { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } });
    expect(problems.map(({ key }) => key)).toEqual(['NODE_TLS_REJECT_UNAUTHORIZED']);
  });

  it('is an error that lists its problems as text', async () => {
    await expect(home.load('metrics: x')).rejects.toThrow(ConfigError);
    await expect(home.load('metrics: x')).rejects.toThrow(`${home.file}:1:1: metrics: expected`);
  });
});

describe('a template', () => {
  const templates = fileURLToPath(new URL('../../../templates/providers/', import.meta.url));

  it.each(readdirSync(templates))('is a valid configuration: %s', async (name) => {
    const { config } = await home.load(readFileSync(path.join(templates, name)));
    expect(Object.keys(config.providers).length).toBeGreaterThan(3);
  });
});

describe('a provider', () => {
  it('that is built in keeps what is not set', async () => {
    const { config } = await home.load('providers: { anthropic: { baseUrl: https://gateway.example } }');
    expect(config.providers.anthropic).toMatchObject({
      baseUrl: 'https://gateway.example',
      dialects: ['anthropic-messages'],
      apiKeyEnv: 'ANTHROPIC_API_KEY',
    });
  });

  it('takes its base URL from --upstream, before the file', async () => {
    const yaml = "providers: { mine: { baseUrl: 'https://a.example', dialects: [gemini] } }";
    const upstreams = { mine: 'https://b.example', openai: 'http://127.0.0.1:9' };
    const { config, origin } = await home.load(yaml, { flags: { upstreams } });
    expect(config.providers.mine?.baseUrl).toBe('https://b.example');
    expect(config.providers.openai?.baseUrl).toBe('http://127.0.0.1:9');
    expect(origin(['providers', 'mine', 'baseUrl'])).toEqual({ kind: 'flag', name: '--upstream' });
  });

  it('gets its key from the environment, where it is not left', async () => {
    const env: NodeJS.ProcessEnv = { ANTHROPIC_API_KEY: ' sk-ant-1 ', OPENAI_API_KEY: 'sk-2', TOKENPAK_TOKEN: 't' };
    const { config } = await home.load('providers: { openai: { apiKeyEnv: none } }', { env });
    expect(config.providers.anthropic?.apiKey).toBe('sk-ant-1');
    expect(config.providers.openai?.apiKey).toBeNull();
    expect(config.listen.token).toBe('t');
    expect(env).toEqual({ OPENAI_API_KEY: 'sk-2' });
  });

  it('gets its key again when the configuration is read again', async () => {
    const env: NodeJS.ProcessEnv = { GEMINI_API_KEY: 'g' };
    const sources = { env, flags: { home: home.directory }, secrets: createSecrets(env), version: '1', demo: false };
    await home.load(null);
    await loadConfig(sources);
    const again = await loadConfig(sources);
    expect(again.config.providers.gemini?.apiKey).toBe('g');
  });

  it('gets its key from a file, with a warning when others can read it', async () => {
    const file = path.join(home.directory, 'key');
    writeFileSync(file, 'sk-from-file\n');
    const yaml = `providers: { openai: { apiKeyFile: ${file} } }`;
    chmodSync(file, 0o600);
    const closed = await home.load(yaml);
    expect(closed.config.providers.openai?.apiKey).toBe('sk-from-file');
    expect(closed.warnings).toEqual([]);
    chmodSync(file, 0o644);
    expect((await home.load(yaml)).warnings).toEqual([
      `${file} holds a key and others can read it; run: chmod 600 ${file}`,
    ]);
  });

  it('whose key cannot be a header is refused, without showing it', async () => {
    const problems = await home.problems(null, { env: { OPENAI_API_KEY: 'two words' } });
    expect(problems.map(problemText)).toEqual([
      'providers.openai.apiKeyEnv: expected a key of visible ASCII characters without spaces',
    ]);
  });

  it('goes through the HTTP proxy for all unless it is local or has its own', async () => {
    const { config } = await home.load(`
proxy: http://proxy.example:3128
providers:
  openai: { proxy: 'http://other.example:1' }
  ollama: { baseUrl: 'http://localhost:11434', dialects: [openai-chat] }
  lan: { baseUrl: 'http://10.0.0.2', dialects: [openai-chat], local: true }
`);
    const proxies = Object.entries(config.providers).map(([name, { proxy }]) => [name, proxy]);
    expect(Object.fromEntries(proxies)).toEqual({
      anthropic: 'http://proxy.example:3128',
      openai: 'http://other.example:1',
      gemini: 'http://proxy.example:3128',
      ollama: undefined,
      lan: undefined,
    });
  });

  it('takes the proxy of the environment only when told to', async () => {
    const env = { HTTPS_PROXY: 'http://me:pass@proxy.example:3128', NO_PROXY: '.openai.com' };
    expect((await home.load(null, { env })).config.providers.anthropic?.proxy).toBeUndefined();
    const { config } = await home.load('proxy: env', { env });
    expect(config.providers.anthropic?.proxy).toBe('http://me:pass@proxy.example:3128');
    expect(config.providers.openai?.proxy).toBeUndefined();
  });
});
