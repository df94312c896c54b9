import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { madeContext } from '../../../../test/support/doctor-context.ts';
import { clockSkew, skewFinding } from './clock-skew.ts';
import { limitFinding } from './fd-limit.ts';
import { nodeEnv } from './node-env.ts';
import { nodeFinding } from './node-version.ts';
import { binFinding, copiesOnPath, npmBin } from './npm-bin.ts';

describe('node.version', () => {
  it.each([
    ['18.20.4', 'fail'],
    ['20.18.9', 'fail'],
    ['20.19.0', 'warn'],
    ['20.20.1', 'warn'],
    ['20.20.2', 'ok'],
    ['20.21.0', 'ok'],
    ['22.1.0', 'ok'],
    ['24.0.0-nightly', 'ok'],
  ])('has %s as %s', (version, status) => expect(nodeFinding(version).status).toBe(status));

  it('notes of any 20 that it gets no more fixes', () => {
    expect(nodeFinding('20.20.2').summary).toContain('which gets no more fixes');
    expect(nodeFinding('22.20.0').summary).not.toContain('fixes');
  });
});

describe('node.env', () => {
  it.each([
    [{}, 'ok'],
    [{ NODE_ENV: 'production', DEV: 'false' }, 'ok'],
    [{ NODE_ENV: 'test' }, 'ok'],
    [{ DEV: '1' }, 'warn'],
    [{ NODE_ENV: 'development', DEV: '' }, 'warn'],
  ])('has %j as %s', async (variables, status) => {
    const env = { TOKENPAK_HOME: '/nowhere', ...variables };
    expect(await nodeEnv.run(madeContext({ env }))).toMatchObject({ status });
  });
});

describe.skipIf(process.platform === 'win32')('npm.bin', () => {
  function folder(): string {
    const made = mkdtempSync(path.join(tmpdir(), 'tokenpak-path-'));
    onTestFinished(() => rmSync(made, { recursive: true }));
    return made;
  }

  it('sees through links, and passes over what is no directory of PATH’s own', () => {
    const root = folder();
    const [real, one, two] = ['real', 'one', 'two'].map((name) => path.join(root, name)) as [string, string, string];
    for (const made of [real, one, two]) mkdirSync(made);
    writeFileSync(path.join(real, 'tokenpak.js'), '');
    for (const made of [one, two]) symlinkSync(path.join(real, 'tokenpak.js'), path.join(made, 'tokenpak'));
    expect(copiesOnPath(['', '.', one, '/nowhere', two].join(':'))).toEqual([path.join(real, 'tokenpak.js')]);
  });

  it.each([
    [[], 'skip'],
    [['/a'], 'ok'],
    [['/b'], 'warn'],
    [['/a', '/b'], 'warn'],
  ])('has %j on PATH, where this is /a, as %s', (copies, status) => {
    expect(binFinding(copies, '/a').status).toBe(status);
  });
});

it('npm.bin says nothing where npm has put its own in front', async () => {
  const env = { TOKENPAK_HOME: '/nowhere', npm_command: 'exec' };
  expect(await npmBin.run(madeContext({ env }))).toMatchObject({ status: 'skip' });
});

describe('fd.limit', () => {
  it.each([
    [null, 'skip'],
    [Infinity, 'ok'],
    [1024, 'ok'],
    [1023, 'warn'],
  ])('has %s as %s', (limit, status) => expect(limitFinding(limit, null).status).toBe(status));

  it('has a running proxy started anew', () => {
    const { fix } = limitFinding(256, 'tokenpak restart --port 1');
    expect(fix?.commands).toEqual(['ulimit -n 8192 && tokenpak restart --port 1']);
  });
});

describe('clock.skew', () => {
  it.each([
    [120_000, 'ok', 'the clock is right'],
    [-120_000, 'ok', 'the clock is right'],
    [121_000, 'warn', "the clock is 2 min behind a provider's"],
    [-7_200_000, 'warn', "the clock is 2 h ahead of a provider's"],
  ])('has %i ms as %s: %s', (skewMs, status, summary) =>
    expect(skewFinding(skewMs)).toMatchObject({ status, summary }),
  );

  it('asks nobody beyond this machine where it is told so', async () => {
    expect(await clockSkew.run(madeContext({ isOffline: true }))).toMatchObject({
      ...{ status: 'skip', summary: 'no provider may be asked' },
    });
  });
});
