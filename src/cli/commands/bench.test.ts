import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleReport } from '../../../test/support/proof-sample.ts';
import type { ProofContext, ProofOptions } from '../../bench/proof/proof-options.ts';
import type { ProofReport } from '../../bench/proof/proof-report.ts';
import { ProofError } from '../../bench/proof/settle-options.ts';
import { lastBench } from '../bench-history.ts';
import { CommandError } from '../exit-codes.ts';
import { createTerminal, type Output } from '../terminal.ts';
import { benchCommand } from './bench.ts';

class Collected implements Output {
  text = '';
  readonly isTTY: boolean;
  constructor(isTTY = false) {
    this.isTTY = isTTY;
  }
  readonly write = (text: string): void => void (this.text += text);
  readonly on = (): void => undefined;
}

let home: string;
beforeEach(() => void (home = mkdtempSync(path.join(os.tmpdir(), 'tokenpak-bench-cli-'))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What was measured by; null where nothing was. */
  readonly asked: { readonly options: ProofOptions; readonly context: ProofContext } | null;
}

interface Setting {
  readonly report?: ProofReport;
  readonly prove?: (context: ProofContext) => Promise<ProofReport>;
  readonly onTerminal?: boolean;
}

/** One command line, with a measurement that is made up. */
async function run(args: readonly string[], { report, prove, onTerminal = false }: Setting = {}): Promise<Ended> {
  const [out, err] = [new Collected(), new Collected(onTerminal)];
  let asked: Ended['asked'] = null;
  const measure = (options: ProofOptions, context: ProofContext): Promise<ProofReport> => {
    asked = { options, context };
    return prove?.(context) ?? Promise.resolve(report ?? sampleReport());
  };
  const context = { terminal: createTerminal(out, err), globals: () => ({ home }) };
  const program = new Command('tokenpak').exitOverride().configureOutput({ writeErr: err.write });
  const command = benchCommand(context, () => Promise.resolve(measure));
  for (const each of [command, ...command.commands]) each.copyInheritedSettings(program);
  program.addCommand(command);
  const code = await program.parseAsync(['bench', ...args], { from: 'user' }).then(
    () => 0,
    (error: unknown) => {
      if (!(error instanceof CommandError)) return 2;
      err.write(error.message);
      return error.exitCode;
    },
  );
  return { code, stdout: out.text, stderr: err.text, asked };
}

const file = (name: string): string => path.join(home, name);

describe('tokenpak bench', () => {
  it('ends with 0 for PASS and with 1 for FAIL and INVALID, which the JSON tells apart', async () => {
    const ended = async (report: ProofReport) => {
      const { code, stdout } = await run(['--json'], { report });
      const { verdict, exit_reason } = JSON.parse(stdout) as { verdict: string; exit_reason: string };
      return [code, verdict, exit_reason];
    };
    expect(await ended(sampleReport())).toEqual([0, 'PASS', 'passed']);
    expect(await ended(sampleReport({ times: 7 }))).toEqual([1, 'FAIL', 'sla_failed']);
    expect(await ended(sampleReport({ times: 7, invalid: ['late'] }))).toEqual([1, 'INVALID', 'invalid']);
  });

  it('measures what it is told to, and by default 100 requests/s for 30 s, three times', async () => {
    expect((await run([])).asked?.options).toMatchObject({
      ...{ perSecond: 100, seconds: 30, warmUpSeconds: 3, connections: 100, runs: 3, mode: 'open', workload: 'mix' },
      ...{ target: null, allowTraffic: false, profile: null, quick: false, maxRssMb: null },
    });
    const flags =
      '--rps 250 --duration 1m --warmup 500ms --connections 20 --workload stream --runs 2 --seed 7 --arrival poisson --mock-delay 50ms --max-rss 256';
    expect((await run(flags.split(' '))).asked?.options).toMatchObject({
      ...{ perSecond: 250, seconds: 60, warmUpSeconds: 0.5, connections: 20, workload: 'stream', runs: 2, seed: 7 },
      ...{ arrival: 'poisson', mockDelayMs: 50, maxRssMb: 256, mode: 'open' },
    });
    expect((await run(['--rps', '0'])).asked?.options).toMatchObject({ mode: 'closed', perSecond: 0 });
    expect((await run(['--profile', 's3', '--scale', '0.1'])).asked?.options).toMatchObject({
      profile: 's3',
      scale: 0.1,
    });
  });

  it('tells what measures by which limits it is judged', async () => {
    const { asked } = await run([]);
    expect(asked?.context.limits).toEqual(
      expect.arrayContaining([expect.objectContaining({ metric: 'overhead.p99', pass: { operator: '<', value: 20 } })]),
    );
  });

  it.each([
    [['--rps', 'many'], 'Expected a number from 0'],
    [['--runs', '1.5'], 'Expected a whole number from 1'],
    [['--rps', '0', '--mode', 'open'], '--rps 0 is --mode closed'],
    [['--scale', '0.5'], '--scale is the size of a --profile'],
    [['--profile', 's1', '--rps', '5'], "option '--profile <name>' cannot be used with option '--rps <n>'"],
    [['--target', 'http://example.com'], 'Expected the URL of a proxy on this machine'],
    [['--target', 'http://127.0.0.1.example.com'], 'Expected the URL of a proxy on this machine'],
    [['--allow-traffic'], '--allow-traffic is for a --target'],
    [['--tolerance', '20'], 'Expected a share such as 20% or 0.2.'],
    [['--fail', 'overhead p99 is low'], 'is no condition; write it as overhead.p99<20'],
    [['--fail', 'overhed.p99<20'], 'no metric is called overhed.p99\n  names like it: overhead.p99'],
    [['--sla', '/nowhere/sla.json'], '/nowhere/sla.json cannot be read'],
    [['--baseline', '/nowhere/b.json'], '/nowhere/b.json cannot be read'],
    [['--json', '--format', 'md'], "option '--json' cannot be used with option '--format <format>'"],
    [['faster'], 'too many arguments'],
  ])('refuses %j before it measures anything', async (args, message) => {
    const { code, stderr, asked, stdout } = await run(args);
    expect(stderr).toContain(message);
    expect({ code, asked, stdout }).toEqual({ code: 2, asked: null, stdout: '' });
  });

  it('takes what cannot be measured as asked for wrong usage', async () => {
    const { code, stderr } = await run([], {
      prove: () => Promise.reject(new ProofError('4000 connections are too many')),
    });
    expect({ code, stderr }).toEqual({ code: 2, stderr: '4000 connections are too many' });
  });

  it('fails by conditions, each of them', async () => {
    const { code, stdout } = await run([
      '--fail',
      'overhead.p99<20',
      '--fail',
      'overhead.p99<3',
      '--fail',
      'loaded.in_flight>90',
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/--fail\n {2}pass +overhead\.p99 .*\n {2}FAIL +overhead\.p99 .*\n +0\.600 ms over/u);
    expect(stdout).toMatch(/not measured +loaded\.in_flight/u);
  });

  it.each([
    ['md', '### tokenpak bench: PASS'],
    ['prom', '# HELP tokenpak_bench_run_info'],
    ['csv', 'section,name,figure,value,unit,low,high,target,verdict\r\n'],
    ['json', '{"version":1,"verdict":"PASS"'],
    ['text', 'tokenpak bench 0.1.0'],
  ])('prints %s and nothing else on standard output', async (format, start) => {
    const { stdout } = await run(['--format', format]);
    expect(stdout.startsWith(start)).toBe(true);
    expect(stdout).not.toContain(home);
  });

  it('writes files for its user only, whole or not at all', async () => {
    const { stdout } = await run(['--out', file('report.md'), '--format', 'md', '--html', file('report.html')]);
    expect(stdout).toBe('');
    expect(readFileSync(file('report.md'), 'utf8')).toContain('### tokenpak bench: PASS');
    expect(readFileSync(file('report.html'), 'utf8')).toMatch(/^<!doctype html>/u);
    expect(statSync(file('report.html')).mode & 0o777).toBe(0o600);
    const failed = await run(['--html', file('no/such/folder.html')]);
    expect(failed).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('folder.html cannot be written') as string,
    });
  });

  it('keeps its report for doctor', async () => {
    const { stderr } = await run([]);
    const last = lastBench(path.join(home, 'state'));
    expect(last).toMatchObject({ verdict: 'PASS', at: '2026-11-22T12:04:31.000Z' });
    expect(stderr).toContain(last!.file);
  });

  it('keeps a baseline and judges by it, unless the run says nothing', async () => {
    await run(['--save-baseline', '--quiet'], { report: sampleReport({ invalid: ['late'] }) });
    expect((await run(['--baseline'])).code).toBe(2);
    await run(['--save-baseline']);
    expect((await run(['--baseline'])).code).toBe(0);
    const slower = { report: sampleReport({ times: 1.3 }) };
    expect((await run(['--baseline'], slower)).stdout).toMatch(/FAIL +messages\.p50 .* 30\.0% worse +limit 20\.0%/u);
    expect((await run(['--baseline', '--tolerance', '40%'], slower)).code).toBe(0);
  });

  it('says one line with --quiet', async () => {
    expect((await run(['--quiet'])).stdout).toBe('PASS  11 of 12 targets, 1 to investigate\n');
  });

  it('rewrites a line on a terminal at most four times a second, and leaves none', async () => {
    const prove = ({ progress }: ProofContext): Promise<ProofReport> => {
      for (let step = 0; step < 50; step++) progress('messages, run 1 of 3', step / 50);
      return Promise.resolve(sampleReport());
    };
    const { stderr } = await run(['--quiet'], { prove, onTerminal: true });
    expect(stderr.split('\r\u001B[Kbench    0%  messages, run 1 of 3  0 s')).toHaveLength(2);
    expect(stderr.split('\r\u001B[K').at(-1)).toMatch(/^report /u);
    expect((await run(['--quiet'], { prove })).stderr).not.toContain('messages, run 1');
  });

  it('ends at ctrl-c with 130, and keeps nothing', async () => {
    const prove = ({ signal }: ProofContext): Promise<ProofReport> =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        process.emit('SIGINT');
      });
    const { code, stdout, stderr } = await run(['--html', file('report.html')], { prove });
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain('stopped: nothing was judged');
    expect(readdirSync(home)).toEqual([]);
  });
});

describe('tokenpak bench compare', () => {
  beforeEach(async () => {
    await run(['--json', '--out', file('before.json')]);
    await run(['--json', '--out', file('after.json')], { report: sampleReport({ times: 1.3 }) });
    await run(['--json', '--out', file('invalid.json')], { report: sampleReport({ invalid: ['late'] }) });
  });

  it('fails where a figure is worse by more than the threshold', async () => {
    const compare = (...args: string[]) => run(['compare', file('before.json'), ...args]);
    expect((await compare(file('before.json'))).code).toBe(0);
    const { code, stdout } = await compare(file('after.json'));
    expect(code).toBe(1);
    expect(stdout).toMatch(/FAIL +messages\.p50 +1\.38 -> 1\.79 +30\.0% worse +limit 10\.0%/u);
    expect((await compare(file('after.json'), '--threshold', '40%')).code).toBe(0);
  });

  it('says the same as JSON', async () => {
    const { stdout } = await run(['compare', file('before.json'), file('after.json'), '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, verdict: 'FAIL', same_machine: true });
  });

  it('refuses what is no report, and a report that says nothing', async () => {
    writeFileSync(file('other.json'), '{"version": 1}');
    expect(await run(['compare', file('before.json'), file('other.json')])).toMatchObject({ code: 2, stdout: '' });
    const { code, stderr } = await run(['compare', file('invalid.json'), file('before.json')]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('invalid.json is of a run that is INVALID') as string,
    });
  });
});
