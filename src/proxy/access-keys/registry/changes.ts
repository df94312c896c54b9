import { digestBytes, digestOf, newKey } from '../key.ts';
import { keyName, maxKeys, type KeyEntry, type Registry } from './document.ts';
import { findNamed, isTaken, nameOf, type Named } from './names.ts';
import { RegistryError } from './registry-error.ts';

/** What new keys are made with. */
export interface NewKeys extends Pick<
  KeyEntry,
  'name' | 'count' | 'expires' | 'models' | 'limits' | 'budgets' | 'project' | 'agent'
> {}

export interface Created {
  readonly registry: Registry;
  /** The keys themselves, which are nowhere else. */
  readonly keys: readonly string[];
}

/**
 * Makes keys. A name whose keys are all revoked can be given again.
 * @param now Unix milliseconds
 * @throws RegistryError
 */
export function createKeys(registry: Registry, wanted: NewKeys, now: number): Created {
  const { name, count } = wanted;
  if (!keyName.test(name)) {
    throw new RegistryError(`a name has at most 64 letters, digits, dots, dashes and underscores; got ${name}`);
  }
  const taken = registry.keys.find((entry) => entry.revoked !== 'all' && isTaken(entry, name, count));
  if (taken) throw new RegistryError(`there is a key ${taken.name} already; choose another name, or revoke it`);
  const others = registry.keys.filter((entry) => !isTaken(entry, name, count));
  if (others.reduce((sum, entry) => sum + entry.count, count) > maxKeys) {
    throw new RegistryError(`there can be at most ${maxKeys} keys`);
  }
  const keys = Array.from({ length: count }, newKey);
  const digests = Buffer.concat(keys.map(digestOf)).toString('base64');
  const created = new Date(now).toISOString();
  return {
    registry: { ...registry, keys: [...others, { ...wanted, created, digests, revoked: [], retiring: [] }] },
    keys,
  };
}

/**
 * Takes keys out of use: one, or all that were made under a name. Doing it again changes nothing.
 * @throws RegistryError where there is none of that name
 */
export function revokeKeys(registry: Registry, name: string, now: number): Registry {
  const { entry, index } = named(registry, name);
  return replaced(registry, entry, index === null ? revokedWhole(entry) : revokedAt(entry, index), now);
}

export interface Rotation {
  /** How long the old key still works. */
  readonly graceMs: number;
  /** Unix milliseconds. */
  readonly now: number;
}

/**
 * Makes a new key in the place of one, with the same name and settings.
 * @throws RegistryError where there is none of that name, or no single one, or it is not in use any more
 */
export function rotateKey(registry: Registry, name: string, { graceMs, now }: Rotation): Created {
  const { entry, index } = named(registry, name);
  if (index === null) {
    const one = nameOf(entry, 0);
    throw new RegistryError(`${name} stands for ${entry.count} keys; rotate them one by one, the first as ${one}`);
  }
  if (isRevoked(entry, index)) throw new RegistryError(`${name} is revoked; create a new key`);
  if (hasExpired(entry, now)) throw new RegistryError(`${name} has expired; revoke it and create a new key`);
  const key = newKey();
  const digests = Buffer.from(entry.digests, 'base64');
  const digest = digests.toString('base64', index * digestBytes, (index + 1) * digestBytes);
  digestOf(key).copy(digests, index * digestBytes);
  const until = new Date(now + graceMs).toISOString();
  const retiring = graceMs > 0 ? [...entry.retiring, { index, digest, until }] : entry.retiring;
  const changed = { ...entry, digests: digests.toString('base64'), retiring };
  return { registry: replaced(registry, entry, changed, now), keys: [key] };
}

function isRevoked({ revoked }: KeyEntry, index: number): boolean {
  return revoked === 'all' || revoked.includes(index);
}

/** @param now Unix milliseconds */
export function hasExpired({ expires }: KeyEntry, now: number): boolean {
  return expires !== null && Date.parse(expires) <= now;
}

function named(registry: Registry, name: string): Named {
  const found = findNamed(registry, name);
  if (!found) throw new RegistryError(`there is no key ${name}; tokenpak keys list shows all`);
  return found;
}

function revokedWhole(entry: KeyEntry): KeyEntry {
  return { ...entry, revoked: 'all', digests: '', retiring: [] };
}

function revokedAt(entry: KeyEntry, index: number): KeyEntry {
  if (isRevoked(entry, index)) return entry;
  const revoked = [...(entry.revoked as readonly number[]), index];
  if (revoked.length === entry.count) return revokedWhole(entry);
  return { ...entry, revoked, retiring: entry.retiring.filter((old) => old.index !== index) };
}

/** Replaced keys whose time is over are forgotten on the way. */
function replaced(registry: Registry, entry: KeyEntry, changed: KeyEntry, now: number): Registry {
  const retiring = changed.retiring.filter(({ until }) => Date.parse(until) > now);
  const keys = registry.keys.map((other) => (other === entry ? { ...changed, retiring } : other));
  return { ...registry, keys };
}
