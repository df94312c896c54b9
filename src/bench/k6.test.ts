import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { slowMs, stageBody, stageProfiles, thinkMs } from './scenarios/stages.ts';

const scripts = path.join(import.meta.dirname, '../../templates/k6');
const parts = new Set(['ask.js', 'users.js']);

interface Response {
  readonly status: number;
  readonly timings: { readonly duration: number };
}

type Checks = Readonly<Record<string, (response: Response) => boolean>>;

/** What k6 gives to scripts, as far as ours use it, and what they did with it. */
interface K6 {
  readonly env: Readonly<Record<string, string>>;
  readonly response: Response;
  readonly posts: { url: string; body: string; headers: unknown; name: unknown }[];
  readonly sleeps: number[];
  readonly checks: Record<string, boolean>;
}

interface Script {
  readonly options: {
    readonly vus?: number;
    readonly duration?: string;
    readonly stages?: readonly { readonly duration: string; readonly target: number }[];
    readonly thresholds: unknown;
    readonly summaryTrendStats: readonly string[];
  };
  readonly default: () => void;
}

const stub = {
  'index.js': 'export const { check, sleep } = globalThis.k6Stub;',
  'http.js': 'export default globalThis.k6Stub.http;',
  'package.json': '{"name":"k6","type":"module","exports":{".":"./index.js","./http":"./http.js"}}',
};

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

/** Loads a script beside modules that stand for k6's own, and has one user do one iteration. */
async function iterate(name: string, k6: K6): Promise<Script> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'tokenpak-k6-'));
  directories.push(directory);
  cpSync(scripts, directory, { recursive: true });
  writeFileSync(path.join(directory, 'package.json'), '{"type":"module"}');
  const modules = path.join(directory, 'node_modules/k6');
  mkdirSync(modules, { recursive: true });
  for (const [file, text] of Object.entries(stub)) writeFileSync(path.join(modules, file), text);
  const k6Stub = {
    http: {
      post(url: string, body: string, { headers, tags }: { headers: unknown; tags: { name: string } }) {
        k6.posts.push({ url, body, headers, name: tags.name });
        return k6.response;
      },
    },
    check(response: Response, checks: Checks) {
      for (const [what, holds] of Object.entries(checks)) k6.checks[what] = holds(response);
    },
    sleep: (seconds: number) => k6.sleeps.push(seconds),
  };
  Object.assign(globalThis, { k6Stub, __ENV: k6.env });
  const url = pathToFileURL(path.join(directory, name)).href;
  const script = (await import(/* @vite-ignore */ url)) as Script;
  script.default();
  return script;
}

function k6With(env: K6['env'], status = 200, duration = 3): K6 {
  return { env, response: { status, timings: { duration } }, posts: [], sleeps: [], checks: {} };
}

const names = readdirSync(scripts).filter((name) => !parts.has(name));

function milliseconds(duration: string): number {
  const [, count, unit] = /^(\d+)(s|m)$/.exec(duration) ?? [];
  return Number(count) * (unit === 'm' ? 60_000 : 1000);
}

describe.each(names)('the k6 script %s', (name) => {
  it('asks as the profile does, with the access key in the path', async () => {
    const k6 = k6With({ BASE_URL: 'http://127.0.0.1:9999', ACCESS_KEY: 'tpk_of-a-test' });
    await iterate(name, k6);
    const headers = { 'Content-Type': 'application/json' };
    const url = 'http://127.0.0.1:9999/ak/tpk_of-a-test/v1/messages';
    expect(k6.posts).toEqual([{ url, body: stageBody, headers, name: 'POST /v1/messages' }]);
  });

  it('asks the usual port of this machine, without a key, unless it is told otherwise', async () => {
    const k6 = k6With({});
    await iterate(name, k6);
    expect(k6.posts.map(({ url }) => url)).toEqual(['http://127.0.0.1:8766/v1/messages']);
  });

  it('reports the percentiles that are asked for', async () => {
    const { options } = await iterate(name, k6With({}));
    expect(options.summaryTrendStats).toEqual(expect.arrayContaining(['med', 'p(95)', 'p(99)', 'p(99.9)']));
  });
});

it('100 users who never think must be answered within 20 ms at p99, and all but one of a thousand', async () => {
  const k6 = k6With({}, 429);
  const { options } = await iterate('proxy-load.js', k6);
  expect(options).toMatchObject({
    ...{ vus: 100, duration: '2m' },
    thresholds: { http_req_duration: ['p(99)<20'], http_req_failed: ['rate<0.001'] },
  });
  expect(k6.sleeps).toEqual([]);
  expect(k6.checks).toEqual({ 'status is 200': false });
});

describe.each([
  ['performance.js', 'up to 50 users'],
  ['stress.js', '100 users'],
  ['spike.js', 'a spike of 100 users'],
])('%s', (name, profileName) => {
  const profile = stageProfiles.find((known) => known.name === profileName);

  it(`has the stages of the profile of ${profileName}`, async () => {
    const { options } = await iterate(name, k6With({}));
    const { stages, vus, duration } = options;
    const asStages = stages?.map(({ duration: length, target }) => ({ ms: milliseconds(length), users: target }));
    // Users who are there from the beginning are a stage of no length.
    const steady = [
      { ms: 0, users: vus },
      { ms: milliseconds(duration ?? ''), users: vus },
    ];
    expect(asStages ?? steady).toEqual(profile?.stages);
  });

  it('has its thresholds, its checks and its time to think', async () => {
    const k6 = k6With({}, 429, slowMs);
    const { options } = await iterate(name, k6);
    expect(options.thresholds).toEqual({ http_req_duration: [`p(95)<${slowMs}`], http_req_failed: ['rate<0.01'] });
    expect(k6.sleeps).toEqual([thinkMs / 1000]);
    expect(k6.checks).toEqual({ 'status is 200 or 429': true, 'took less than 500 ms': false });
  });

  it('finds other answers wrong', async () => {
    const k6 = k6With({}, 500);
    await iterate(name, k6);
    expect(k6.checks).toEqual({ 'status is 200 or 429': false, 'took less than 500 ms': true });
  });
});
