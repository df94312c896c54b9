import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ProofJob } from '../src/bench/proof/proof-jobs.ts';
import { commandLine } from './support/command-line.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Manifest {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
}

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly hasInstallScript?: boolean }>>;
}

const readJson = (name: string): unknown => JSON.parse(readFileSync(path.join(root, name), 'utf8'));
const manifest = readJson('package.json') as Manifest;
/** Where in `node_modules` the dependencies lie that users get as well. */
const shipped = Object.entries((readJson('package-lock.json') as Lockfile).packages).filter(
  ([place, { dev }]) => place !== '' && dev !== true,
);

let directory: string;
let tarball: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'tokenpak-package-'));
  execFileSync('npm', ['pack', '--silent', '--offline', '--ignore-scripts', '--pack-destination', directory], {
    cwd: root,
    env: { ...process.env, npm_config_cache: path.join(directory, 'cache') },
  });
  tarball = path.join(directory, `tokenpak-${manifest.version}.tgz`);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The files under a folder of the repository, by their paths in it. */
function filesIn(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

describe('the package', () => {
  it('holds the program, its templates and its pages, and nothing else', () => {
    const packed = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((name) => name.replace('package/', ''));
    const folders = ['bin', 'dist', 'docs', 'templates'].flatMap(filesIn).filter((name) => !name.includes('.test.'));
    const expected = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', ...folders];
    expect(packed.toSorted()).toEqual(expected.toSorted());
    expect(packed.filter((name) => /\.tsx?$|\.map$|(^|\/)\./u.test(name))).toEqual([]);
    expect(packed).toEqual(expect.arrayContaining(['bin/tokenpak.js', 'dist/cli/main.js', 'templates/prices.json']));
  });

  it('runs no script where it is installed, nor does any of its dependencies', () => {
    expect(Object.keys(manifest.scripts).filter((name) => name.endsWith('install'))).toEqual([]);
    expect(shipped.length).toBeGreaterThan(5);
    expect(shipped.filter(([, { hasInstallScript }]) => hasInstallScript).map(([place]) => place)).toEqual([]);
  });

  it('is sound by publint', async () => {
    const bytes = new Uint8Array(readFileSync(tarball));
    const { messages } = await publint({ level: 'error', pack: { tarball: bytes.buffer } });
    expect(messages).toEqual([]);
  });
});

describe('the installed package', () => {
  let program: string;
  beforeAll(() => {
    const modules = path.join(directory, 'node_modules');
    const installed = path.join(modules, 'tokenpak');
    mkdirSync(installed, { recursive: true });
    execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components', '1']);
    // Those that lie in another package's folder come with it.
    for (const [place] of shipped.filter(([name]) => name.lastIndexOf('node_modules/') === 0)) {
      mkdirSync(path.dirname(path.join(directory, place)), { recursive: true });
      symlinkSync(path.join(root, place), path.join(directory, place));
    }
    program = path.join(installed, 'bin/tokenpak.js');
  });

  it('says its version', async () => {
    const cli = commandLine(program);
    expect(await cli.run(['--version'])).toEqual({ code: 0, stdout: `tokenpak ${manifest.version}\n`, stderr: '' });
    await cli.close();
  });

  it('shows its demonstration, with nothing but its own dependencies, and leaves nothing behind', async () => {
    const cli = commandLine(program);
    const demo = cli.launch(['start', '--demo', '--port', '0'], { TMPDIR: cli.home });
    const requestLine = /^\d\d:\d\d:\d\d \d{3} loopback /gmu;
    await vi.waitFor(() => expect(demo.stdout().match(requestLine)?.length).toBeGreaterThanOrEqual(5), {
      timeout: 15_000,
    });
    demo.signal('SIGINT');
    expect((await demo.finished).code).toBe(0);
    expect(readdirSync(cli.home)).toEqual([]);
    await cli.close();
  });

  it('finds what its benchmark needs, the closed loop by autocannon included', async () => {
    const start = (file: string): ChildProcess =>
      fork(path.join(directory, 'node_modules/tokenpak/dist/bench/proof', file), { serialization: 'advanced' });
    const [mock, load] = [start('proof-mock.js'), start('proof-load.js')];
    const [{ port }] = (await once(mock, 'message')) as [{ readonly port: number }];
    const target = { port, workload: 'passthrough', apiKey: null, prefix: '', connections: 2 } as const;
    const jobs: readonly ProofJob[] = [
      { kind: 'closed', until: { requests: 20 }, ...target },
      { kind: 'open', perSecond: 100, seconds: 0.2, arrival: 'even', seed: 1, ...target },
    ];
    for (const job of jobs) {
      load.send(job);
      expect((await once(load, 'message'))[0]).toMatchObject({ outcome: { count: 20, errors: 0 } });
    }
    load.disconnect();
    mock.disconnect();
    await Promise.all([once(load, 'exit'), once(mock, 'exit')]);
  });
});
