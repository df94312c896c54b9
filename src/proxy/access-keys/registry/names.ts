import type { KeyEntry, Registry } from './document.ts';

/** The name of a key; those of several that were made together are numbered. @param index 0 for the first */
export function nameOf({ name, count }: Pick<KeyEntry, 'name' | 'count'>, index: number): string {
  return count === 1 ? name : `${name}-${index + 1}`;
}

export interface Named {
  readonly entry: KeyEntry;
  /** Null where the name means all of several keys. */
  readonly index: number | null;
}

/** What a name means, or null. */
export function findNamed({ keys }: Registry, name: string): Named | null {
  const whole = keys.find((entry) => entry.name === name);
  if (whole) return { entry: whole, index: whole.count === 1 ? 0 : null };
  const [, base, number] = /^(.+)-([1-9]\d{0,6})$/.exec(name) ?? [];
  const entry = keys.find((candidate) => candidate.name === base && candidate.count > 1);
  return entry && Number(number) <= entry.count ? { entry, index: Number(number) - 1 } : null;
}

/** Whether new keys of this name could be mistaken for those of an entry. */
export function isTaken(entry: KeyEntry, name: string, count: number): boolean {
  return entry.name === name || meansOneOf(entry, name) || meansOneOf({ name, count }, entry.name);
}

function meansOneOf({ name, count }: Pick<KeyEntry, 'name' | 'count'>, other: string): boolean {
  if (count === 1 || !other.startsWith(`${name}-`)) return false;
  const number = other.slice(name.length + 1);
  return /^[1-9]\d{0,6}$/.test(number) && Number(number) <= count;
}
