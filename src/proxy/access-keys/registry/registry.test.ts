import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../key.ts';
import { KeyIndex } from '../key-index.ts';
import { createKeys, type NewKeys, revokeKeys, rotateKey } from './changes.ts';
import type { Registry } from './document.ts';
import type { LockClock } from './lock-file.ts';
import { changeRegistry, readRegistry } from './registry-file.ts';

const now = Date.UTC(2026, 10, 26);
const empty: Registry = { version: 1, keys: [] };
const wanted = (name: string, more: Partial<NewKeys> = {}): NewKeys => ({
  ...{ name, count: 1, expires: null, models: null, limits: null, budgets: [], project: null, agent: null },
  ...more,
});
const nameIn = (registry: Registry, key: string, at = now): string | undefined =>
  new KeyIndex(registry).find(digestOf(key), at)?.key.name;

describe('a registry of access keys', () => {
  it('knows each key by its digest alone', () => {
    const { registry, keys } = createKeys(empty, wanted('team', { count: 3 }), now);
    expect(keys.map((key) => nameIn(registry, key))).toEqual(['team-1', 'team-2', 'team-3']);
    for (const key of keys) {
      expect(key).toMatch(/^tpk_[\w-]{43}$/);
      expect(JSON.stringify(registry)).not.toContain(key.slice(4, 20));
    }
    expect(nameIn(registry, `${keys[0]}x`)).toBeUndefined();
  });

  it('finds keys of every lot', () => {
    let registry = empty;
    const made: [string, string][] = [];
    for (const [name, count] of [
      ['a', 1],
      ['b', 4],
      ['c', 1],
      ['d', 2],
    ] as const) {
      const created = createKeys(registry, wanted(name, { count }), now);
      registry = created.registry;
      for (const [index, key] of created.keys.entries()) made.push([count === 1 ? name : `${name}-${index + 1}`, key]);
    }
    expect(made.map(([, key]) => nameIn(registry, key))).toEqual(made.map(([name]) => name));
  });

  it('revokes one key of several, or all', () => {
    const { registry, keys } = createKeys(empty, wanted('team', { count: 3 }), now);
    const without = revokeKeys(registry, 'team-2', now);
    expect(keys.map((key) => nameIn(without, key))).toEqual(['team-1', undefined, 'team-3']);
    expect(revokeKeys(without, 'team-2', now)).toEqual(without);
    const none = revokeKeys(without, 'team', now);
    expect(keys.map((key) => nameIn(none, key))).toEqual([undefined, undefined, undefined]);
    expect(none.keys[0]?.digests).toBe('');
  });

  it('lets a key expire', () => {
    const expires = new Date(now + 1000).toISOString();
    const { registry, keys } = createKeys(empty, wanted('short', { expires }), now);
    expect([nameIn(registry, keys[0]!, now + 999), nameIn(registry, keys[0]!, now + 1000)]).toEqual([
      'short',
      undefined,
    ]);
  });

  it('replaces a key at once, or after a while', () => {
    const { registry, keys } = createKeys(empty, wanted('team', { count: 2 }), now);
    const once = rotateKey(registry, 'team-2', { graceMs: 0, now });
    expect([keys[1]!, once.keys[0]!].map((key) => nameIn(once.registry, key))).toEqual([undefined, 'team-2']);
    const later = rotateKey(registry, 'team-2', { graceMs: 1000, now });
    const both = [keys[1]!, later.keys[0]!];
    expect(both.map((key) => nameIn(later.registry, key, now + 999))).toEqual(['team-2', 'team-2']);
    expect(both.map((key) => nameIn(later.registry, key, now + 1000))).toEqual([undefined, 'team-2']);
    const revoked = revokeKeys(later.registry, 'team-2', now);
    expect(both.map((key) => nameIn(revoked, key))).toEqual([undefined, undefined]);
    expect(nameIn(revoked, keys[0]!)).toBe('team-1');
  });

  it('gives no name twice, but again once its keys are revoked', () => {
    const { registry } = createKeys(empty, wanted('team', { count: 3 }), now);
    for (const name of ['team', 'team-1', 'team-3']) {
      expect(() => createKeys(registry, wanted(name), now)).toThrow('there is a key team already');
    }
    const single = createKeys(registry, wanted('team-4'), now).registry;
    expect(() => createKeys(single, wanted('team-4', { count: 2 }), now)).toThrow('already');
    expect(createKeys(revokeKeys(registry, 'team', now), wanted('team-1'), now).registry.keys).toHaveLength(1);
  });

  it('rotates no key that is out of use, or that is several', () => {
    const expires = new Date(now + 1).toISOString();
    const { registry } = createKeys(empty, wanted('team', { count: 2, expires }), now);
    expect(() => rotateKey(registry, 'team', { graceMs: 0, now })).toThrow('stands for 2 keys');
    expect(() => rotateKey(registry, 'team-1', { graceMs: 0, now: now + 1 })).toThrow('has expired');
    expect(() => rotateKey(revokeKeys(registry, 'team-1', now), 'team-1', { graceMs: 0, now })).toThrow('is revoked');
    expect(() => rotateKey(registry, 'team-3', { graceMs: 0, now })).toThrow('there is no key team-3');
  });

  it('allows the models that it names, and limits by its own rules', () => {
    const more = { models: ['claude-*', 'gpt-6'], limits: 'requests=1/s', budgets: ['5/day'] };
    const { registry, keys } = createKeys(empty, wanted('ci', more), now);
    const key = new KeyIndex(registry).find(digestOf(keys[0]!), now)!.key;
    expect(['claude-x', 'gpt-6', 'gpt-6-mini'].map(key.allowsModel!)).toEqual([true, true, false]);
    expect([...key.limits, ...key.budgets].map(({ name, per }) => [name, per])).toEqual([
      ['key ci', 'key'],
      ['key ci day', 'key'],
    ]);
  });
});

describe('the file of a registry', () => {
  let directory = '';
  let file = '';
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'tokenpak-registry-'));
    file = path.join(directory, 'access-keys.json');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const clock: LockClock = { wall: Date.now, after: (_, run) => void setTimeout(run, 1) as never };
  const add = (name: string): Promise<{ keys: readonly string[] }> =>
    changeRegistry(file, (registry) => createKeys(registry, wanted(name), now), clock);
  const names = async (): Promise<string[]> => (await readRegistry(file)).keys.map(({ name }) => name);

  it.skipIf(process.platform === 'win32')('is empty where there is none, and the user’s alone', async () => {
    expect(await names()).toEqual([]);
    await add('a');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['access-keys.json']);
  });

  it('loses nothing when several change it at once', async () => {
    const all = Array.from({ length: 12 }, (_, index) => `k${index}`);
    await Promise.all(all.map(add));
    expect((await names()).toSorted()).toEqual(all.toSorted());
  });

  it('stays as it is when the change cannot be made', async () => {
    await add('a');
    const before = readFileSync(file, 'utf8');
    await expect(add('a')).rejects.toThrow('already');
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(readdirSync(directory)).toEqual(['access-keys.json']);
  });

  it.each([
    ['of a process that is gone', '4194305 abc\n', 0],
    ['that is too old to be held', `${process.pid} abc\n`, 120],
  ])('is freed of a lock %s', async (_, mark, ageSeconds) => {
    writeFileSync(`${file}.lock`, mark);
    const at = Date.now() / 1000 - ageSeconds;
    utimesSync(`${file}.lock`, at, at);
    await add('a');
    expect(await names()).toEqual(['a']);
  });

  it('is left alone while another process holds its lock', async () => {
    writeFileSync(`${file}.lock`, `${process.ppid} abc\n`);
    await expect(add('a')).rejects.toThrow('has held');
    expect(await names()).toEqual([]);
  });

  it.each([
    ['no JSON', () => '{"version":1,'],
    ['another version', () => '{"version":2,"keys":[]}'],
    ['not a registry', () => '[]'],
    ['short of a digest', (text: string) => text.replace(/"digests":"[^"]{8}/, '"digests":"')],
    ['of a limit that is none', (text: string) => text.replace('"limits":null', '"limits":"rps=1"')],
    ['of an unknown member', (text: string) => text.replace('"limits":null', '"limits":null,"more":1')],
  ])('is not used when it is %s, and shows nothing of it', async (_, damage) => {
    await add('secret-name');
    const damaged = damage(readFileSync(file, 'utf8'));
    writeFileSync(file, damaged);
    const failure = await readRegistry(file).catch((error: unknown) => (error as Error).message);
    expect(failure).toMatch(/is damaged .* mend it or move it away/);
    expect(failure).not.toContain('secret-name');
    await expect(add('b')).rejects.toThrow('damaged');
    expect(readFileSync(file, 'utf8')).toBe(damaged);
  });

  it('is not used when a key stands in it twice', async () => {
    const { registry } = createKeys(empty, wanted('a'), now);
    const [entry] = registry.keys;
    expect(() => new KeyIndex({ version: 1, keys: [entry!, { ...entry!, name: 'b' }] })).toThrow('twice');
  });
});
