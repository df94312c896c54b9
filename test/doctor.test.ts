import { execFile } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatLine } from '../src/proxy/ledger/line.ts';
import { type CommandLine, commandLine } from './support/command-line.ts';
import { hasPseudoTerminals, openTerminal } from './support/pseudo-terminal.ts';

const bin = fileURLToPath(new URL('../bin/tokenpak.js', import.meta.url));

interface Reported {
  readonly id: string;
  readonly group: string;
  readonly status: string;
  readonly summary: string;
  readonly detail: string | null;
  readonly fix: { readonly commands: readonly string[]; readonly auto: boolean } | null;
  readonly ms: number;
}
interface Report {
  readonly version: number;
  readonly checks: readonly Reported[];
  readonly exit_code: number;
  readonly exit_reason: string;
}

/** How the holder of a port is told to be this process; other systems do not say. */
const ownPid = process.platform === 'linux' ? `(pid ${process.pid})` : '';

let cli: CommandLine;
let servers: Server[];
let port: number;
/** Nothing of the machine's own: no other copy of the program, no proxy variables. */
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  cli = commandLine();
  servers = [];
  port = await freePort();
  mkdirSync(path.join(cli.home, 'bin'));
  symlinkSync(bin, path.join(cli.home, 'bin', 'tokenpak'));
  env = { PATH: path.join(cli.home, 'bin') };
  configure(`listen:\n  port: ${port}\n`);
});
afterEach(async () => {
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  await cli.close();
});

function configure(text: string): void {
  writeFileSync(path.join(cli.home, 'tokenpak.yaml'), text, { mode: 0o600 });
}

async function listen(server: Server, host: string, onPort = 0): Promise<number> {
  server.listen({ host, port: onPort });
  await once(server, 'listening');
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

/** A program that takes connections and says nothing. */
function silent(): Server {
  return createServer((socket) => socket.on('error', () => undefined).resume());
}

/** Of both families, at least a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen({ host: '::', port: 0 });
  const listening = once(server, 'listening').catch(() =>
    once(server.listen({ host: '127.0.0.1', port: 0 }), 'listening'),
  );
  await listening;
  const { port: free } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return free;
}

function reportFrom(stdout: string): Report {
  return JSON.parse(stdout) as Report;
}

/** What is off, but for the version of Node.js, which is the machine's own. */
function offIn({ checks }: Report): Reported[] {
  return checks.filter(({ id, status }) => id !== 'node.version' && (status === 'warn' || status === 'fail'));
}

async function doctor(more: NodeJS.ProcessEnv = {}, args: readonly string[] = ['--offline']): Promise<Report> {
  const { stdout, stderr } = await cli.run(['doctor', '--json', ...args], { ...env, ...more });
  expect(stderr).toBe('');
  return reportFrom(stdout);
}

/** The one check that is off. */
async function onlyFault(more: NodeJS.ProcessEnv = {}, args?: readonly string[]): Promise<Reported> {
  const off = offIn(await doctor(more, args));
  expect(off.map(({ id, summary }) => `${id}: ${summary}`)).toHaveLength(1);
  return off[0]!;
}

const canIpv6 = await new Promise<boolean>((resolve) => {
  const server = createServer();
  server.once('error', () => resolve(false));
  server.listen({ host: '::1', port: 0 }, () => server.close(() => resolve(true)));
});

describe('tokenpak doctor', () => {
  it('says no more than a line for each group where nothing is wrong, and ends with 0', async () => {
    const { code, stdout, stderr } = await cli.run(['doctor', '--offline'], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.filter((line) => !/^\[(?:ok|--)\] [a-z]+ +\S/u.test(line))).toEqual([]);
    const named = lines.map((line) => line.split(/ +/u)[1]);
    expect(named).toEqual([...new Set(named)]);
    expect(offIn(await doctor())).toEqual([]);
  });

  it('changes nothing of what it looks at', async () => {
    mkdirSync(path.join(cli.home, 'data'), { mode: 0o755 });
    writeFileSync(path.join(cli.home, 'data', 'ledger-1-999.jsonl'), 'torn', { mode: 0o644 });
    await doctor();
    expect(readdirSync(cli.home).toSorted()).toEqual(['bin', 'data', 'tokenpak.yaml']);
    expect(readdirSync(path.join(cli.home, 'data'))).toEqual(['ledger-1-999.jsonl']);
    expect(statSync(path.join(cli.home, 'data')).mode & 0o777).toBe(0o755);
    expect(statSync(path.join(cli.home, 'data', 'ledger-1-999.jsonl')).mode & 0o777).toBe(0o644);
  });

  it('knows a proxy that runs, and tells when it is of another version than this', async () => {
    const proxy = cli.launch(['start', '--no-tui', '--port', String(port)], env);
    await proxy.printed(/listening on/u);
    const healthy = await doctor();
    expect(offIn(healthy)).toEqual([]);
    expect(healthy.checks.find(({ id }) => id === 'port.free')?.summary).toContain(`running proxy (pid ${proxy.pid})`);

    const file = path.join(cli.home, 'state', 'run', `${proxy.pid}.json`);
    const instance = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...instance, version: '0.0.9' }));
    const drift = await onlyFault();
    expect(drift).toMatchObject({ id: 'version.drift', status: 'warn' });
    expect(drift.fix?.commands).toEqual([`tokenpak restart --port ${port}`]);
  });

  it('names the checks and groups that are asked for, and no others', async () => {
    const { checks } = await doctor({}, ['network', 'node.env']);
    expect(checks.map(({ id }) => id)).toEqual(['node.env', 'port.free', 'loopback.ipv6', 'proxy.env', 'tls.ca']);
    expect(await cli.run(['doctor', 'prot.free'], env)).toEqual({
      code: 2,
      stdout: '',
      stderr: "error: no check or group is called 'prot.free'; did you mean port.free?\n",
    });
  });

  it('ends with 1 for a warning only if it is to be strict', async () => {
    const planted = { ...env, NODE_ENV: 'development' };
    const lenient = await cli.run(['doctor', '--offline'], planted);
    const strict = await cli.run(['doctor', '--offline', '--strict'], planted);
    expect([lenient.code, strict.code]).toEqual([0, 1]);
    expect(lenient.stdout).toMatch(/^\[!!\] runtime .*\n {5}node\.env +NODE_ENV=development/u);
    expect(lenient.stdout).toContain('\n                       fix: unset NODE_ENV\n');
    expect(lenient.stdout).toMatch(/\n\n1 warning. Exit 0.\n$/u);
    expect(strict.stdout).toMatch(/\n\n1 warning. Exit 1.\n$/u);
  });
});

describe('each fault is found alone, with what to do about it:', () => {
  it('a port that another program holds', async () => {
    await listen(silent(), '127.0.0.1', port);
    const fault = await onlyFault();
    expect(fault).toMatchObject({ id: 'port.free', status: 'fail' });
    expect(fault.summary).toMatch(new RegExp(`^port ${port} is held by .+`, 'u'));
    expect(fault.summary).toContain(ownPid);
    expect(fault.fix?.commands[0]).toMatch(/^tokenpak start --port \d+$/u);
    expect((await cli.run(['doctor', '--offline'], env)).code).toBe(1);
  });

  it.runIf(canIpv6)('the same port of ::1, which is another address', async () => {
    await listen(silent(), '::1', port);
    expect(await onlyFault()).toMatchObject({ id: 'loopback.ipv6', status: 'fail' });
  });

  it.runIf(canIpv6)('the same port of ::1, beside a proxy that runs', async () => {
    await listen(silent(), '::1', port);
    const proxy = cli.launch(['start', '--no-tui', '--port', String(port)], env);
    await proxy.printed(/listening on/u);
    const fault = await onlyFault();
    expect(fault).toMatchObject({ id: 'loopback.ipv6', status: 'fail' });
    expect(fault.fix?.commands[0]).toBe('eval "$(tokenpak env)"');
    expect(fault.summary).toContain(ownPid);
  });

  it('an HTTP proxy that NO_PROXY does not keep from this machine', async () => {
    const fault = await onlyFault({ HTTPS_PROXY: 'http://user:secret@10.0.0.1:3128', NO_PROXY: 'corp.example' });
    expect(fault).toMatchObject({ id: 'proxy.env', status: 'warn' });
    expect(JSON.stringify(fault)).not.toContain('secret');
    const [command = ''] = fault.fix?.commands ?? [];
    const exported = await promisify(execFile)('/bin/sh', ['-c', `${command}; printf %s "$NO_PROXY"`]);
    expect(exported.stdout).toBe('corp.example,localhost,127.0.0.1,::1');
    const kept = { HTTPS_PROXY: 'http://10.0.0.1:3128', NO_PROXY: exported.stdout };
    expect(offIn(await doctor(kept))).toEqual([]);
  });

  it('certificates that are not checked', async () => {
    const { stdout } = await cli.run(['doctor', '--json', '--offline'], { ...env, NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    const off = offIn(reportFrom(stdout));
    expect(off).toMatchObject([
      { id: 'tls.ca', status: 'fail', fix: { commands: ['unset NODE_TLS_REJECT_UNAUTHORIZED'] } },
    ]);
  });

  it('an authority whose file is not there', async () => {
    const { stdout } = await cli.run(['doctor', '--json', '--offline'], {
      ...env,
      NODE_EXTRA_CA_CERTS: '/nowhere.pem',
    });
    expect(offIn(reportFrom(stdout))).toMatchObject([{ id: 'tls.ca', status: 'warn' }]);
  });

  it.each([
    ['behind', 600_000],
    ['ahead of', -600_000],
  ])('a clock that is ten minutes %s a provider’s', async (word, aheadMs) => {
    const heads: http.IncomingHttpHeaders[] = [];
    const upstream = http.createServer((request, response) => {
      heads.push(request.headers);
      response.writeHead(404, { date: new Date(Date.now() + aheadMs).toUTCString() }).end();
    });
    const url = `http://127.0.0.1:${await listen(upstream, '127.0.0.1')}`;
    const providers = ['anthropic', 'openai', 'gemini'].map((name) => `  ${name}: { baseUrl: '${url}' }\n`).join('');
    configure(`listen:\n  port: ${port}\nproviders:\n${providers}`);
    const key = 'sk-ant-secret-of-the-user';
    const fault = await onlyFault({ ANTHROPIC_API_KEY: key });
    expect(fault).toMatchObject({ id: 'clock.skew', status: 'warn' });
    expect(fault.summary).toBe(`the clock is 10 min ${word} a provider's`);
    expect(heads.length).toBeGreaterThan(0);
    expect(JSON.stringify(heads)).not.toContain(key);
  });

  it('no clock where no provider answers in time, and that is no fault', async () => {
    const url = `http://127.0.0.1:${await listen(silent(), '127.0.0.1')}`;
    const providers = ['anthropic', 'openai', 'gemini'].map((name) => `  ${name}: { baseUrl: '${url}' }\n`).join('');
    configure(`listen:\n  port: ${port}\nproviders:\n${providers}`);
    const { checks } = await doctor({}, ['clock.skew']);
    expect(checks).toMatchObject([{ status: 'skip', summary: 'no provider answers', detail: null }]);
  });

  it('a ledger that others can read', async () => {
    const file = plantLedger([0, 1, 2]);
    chmodSync(file, 0o644);
    const fault = await onlyFault();
    expect(fault).toMatchObject({ id: 'perm.ledger', status: 'warn', fix: { auto: true } });
    expect(fault.summary).toContain(`${file} (0644)`);
    await promisify(execFile)('/bin/sh', ['-c', fault.fix!.commands[0]!]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(offIn(await doctor())).toEqual([]);
  });

  it('directories that others get into', async () => {
    plantLedger([0]);
    chmodSync(path.join(cli.home, 'data'), 0o755);
    expect(await onlyFault()).toMatchObject({ id: 'perm.dirs', status: 'warn', fix: { auto: true } });
  });

  it('a ledger whose last line a crash has cut short, and that the next start heals', async () => {
    const file = plantLedger([0, 1]);
    appendFileSync(file, formatLine(2, 'start', '"x":1').slice(0, 20));
    const fault = await onlyFault();
    expect(fault).toMatchObject({ id: 'ledger.integrity', status: 'warn', fix: { commands: ['tokenpak start'] } });
    expect(fault.summary).toBe(`the last line is torn: ${file}`);
    const proxy = cli.launch(['start', '--no-tui', '--port', String(port)], env);
    await proxy.printed(/listening on/u);
    expect(offIn(await doctor())).toEqual([]);
  });

  it('a ledger with a damaged line among whole ones', async () => {
    const file = plantLedger([0, 1, 2]);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"n":1', '"n":7'), { mode: 0o600 });
    const fault = await onlyFault();
    expect(fault).toMatchObject({ id: 'ledger.integrity', status: 'warn' });
    expect(fault.summary).toBe(`line 2 of ${file} cannot be read`);
  });

  it('a registry of access keys that is damaged', async () => {
    plantLedger([0]);
    writeFileSync(path.join(cli.home, 'data', 'access-keys.json'), '{"version":1,"keys":[', { mode: 0o600 });
    const fault = await onlyFault();
    expect(fault).toMatchObject({ id: 'registry', status: 'fail' });
    expect(fault.summary).toContain('is damaged (it is not JSON)');
  });

  it('an environment of development', async () => {
    expect(await onlyFault({ NODE_ENV: 'development' })).toMatchObject({ id: 'node.env', status: 'warn' });
    expect(await onlyFault({ DEV: 'true' })).toMatchObject({ id: 'node.env', fix: { commands: ['unset DEV'] } });
  });

  it.skipIf(process.platform === 'win32')('a low limit of open files', async () => {
    const script = 'ulimit -n 256; exec "$0" "$@"';
    const args = ['-c', script, process.execPath, bin, 'doctor', '--json', '--offline'];
    const homes = { HOME: cli.home, TOKENPAK_HOME: cli.home };
    const { stdout } = await promisify(execFile)('/bin/sh', args, { env: { ...env, ...homes }, cwd: cli.home });
    const off = offIn(reportFrom(stdout));
    expect(off).toMatchObject([{ id: 'fd.limit', status: 'warn', fix: { commands: ['ulimit -n 8192'] } }]);
    expect(off[0]?.summary).toBe('only 256 files may be open');
  });

  it('a key of the configuration that is not known', async () => {
    configure(`listen:\n  prot: ${port}\n`);
    const fault = await onlyFault({ TOKENPAK_PORT: String(port) });
    expect(fault).toMatchObject({
      id: 'config.unknown',
      status: 'fail',
      fix: { commands: ['tokenpak config validate'] },
    });
    expect(fault.summary).toContain('tokenpak.yaml:2:3: listen.prot: expected a known key; did you mean port?');
  });

  it('a variable that is not known', async () => {
    expect(await onlyFault({ TOKENPAK_PROT: '1' })).toMatchObject({
      ...{ id: 'config.unknown', status: 'warn' },
      fix: { commands: ['unset TOKENPAK_PROT'] },
    });
  });

  it('a value of the configuration that means nothing', async () => {
    configure(`listen:\n  port: ${port}\ndrainSeconds: soon\n`);
    const fault = await onlyFault({ TOKENPAK_PORT: String(port) });
    expect(fault).toMatchObject({ id: 'config.valid', status: 'fail' });
    expect(fault.summary).toContain('tokenpak.yaml:3:1: drainSeconds: expected');
  });

  it('a variable that stands over the file', async () => {
    const other = await freePort();
    const fault = await onlyFault({ TOKENPAK_PORT: String(other) });
    expect(fault).toMatchObject({ id: 'config.shadow', status: 'warn' });
    expect(fault.summary).toContain(`TOKENPAK_PORT=${other} counts, not listen.port: ${port} of `);
    expect(fault.fix?.commands).toEqual(['tokenpak config show --origin', 'unset TOKENPAK_PORT']);
  });

  it('a key in the configuration, which is shown nowhere', async () => {
    const key = 'sk-ant-api03-abcdef123456';
    configure(`listen:\n  port: ${port}\n# ${key}\n`);
    const fault = await onlyFault();
    expect(fault).toMatchObject({ id: 'secrets.plain', status: 'warn' });
    expect(fault.summary).toContain('line 3 of ');
    expect(JSON.stringify(fault)).not.toContain('api03');
  });

  it('a second copy of the program', async () => {
    const other = path.join(cli.home, 'other');
    mkdirSync(other);
    writeFileSync(path.join(other, 'tokenpak'), '');
    const fault = await onlyFault({ PATH: `${other}:${env.PATH}` });
    expect(fault).toMatchObject({ id: 'npm.bin', status: 'warn' });
    expect(fault.summary).toContain(path.join(other, 'tokenpak'));
  });
});

describe('--fix', () => {
  it('changes nothing where nobody can be asked', async () => {
    const file = plantLedger([0]);
    chmodSync(file, 0o644);
    const { code, stderr } = await cli.run(['doctor', '--offline', '--fix'], env);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: --fix asks before it changes anything, and there is no terminal/u);
    expect(statSync(file).mode & 0o777).toBe(0o644);
  });

  it.runIf(hasPseudoTerminals)('does what is agreed to, and leaves the rest', async () => {
    const file = plantLedger([0]);
    const directory = path.dirname(file);
    chmodSync(file, 0o644);
    chmodSync(directory, 0o755);
    const screen = openTerminal(cli, ['doctor', '--offline', '--fix'], {
      columns: 200,
      rows: 50,
      env: { ...env, PATH: `${env.PATH}:${process.env.PATH}` },
    });
    await screen.shows(/Close .*data to others \(chmod 700\)\? \[y\/N\]/u);
    screen.type('n\r');
    await screen.shows(/Close .*jsonl to others \(chmod 600\)\? \[y\/N\]/u);
    screen.type('y\r');
    await screen.finished;
    expect(statSync(directory).mode & 0o777).toBe(0o755);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const [, after = ''] = screen.raw().split(/jsonl to others \(chmod 600\)\? /u);
    expect(after).toContain('perm.dirs');
    expect(after).not.toContain('perm.ledger');
  });
});

/** A segment of a run that is over, with whole lines. Gives its path. */
function plantLedger(numbers: readonly number[]): string {
  const directory = path.join(cli.home, 'data');
  mkdirSync(directory, { mode: 0o700 });
  const file = path.join(directory, 'ledger-1-999.jsonl');
  writeFileSync(file, numbers.map((number) => formatLine(number, 'start', `"n":${number}`)).join(''), { mode: 0o600 });
  return file;
}
