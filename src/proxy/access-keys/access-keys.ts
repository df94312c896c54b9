import { LRUCache } from 'lru-cache';
import { type AccessKey, accessKeyLength } from '../access-key.ts';
import type { Clock } from '../clock.ts';
import type { ChangeProblem } from '../change.ts';
import { ProxyError } from '../errors.ts';
import { digestOf } from './key.ts';
import type { FoundKey, KeyIndex } from './key-index.ts';
import type { KeysOption } from './options.ts';
import { readKeyIndex } from './read-key-index.ts';
import { registryPath } from './registry-path.ts';

/** Is told of what keys cost. */
interface KeyTimes {
  /** A request with a key was let in or refused, so many milliseconds after it was looked at. */
  readonly authenticated: (ms: number) => void;
  /** The key's settings were still at hand. */
  readonly cacheHit: () => void;
  /** They were found in the registry, or not. */
  readonly resolved: (ms: number) => void;
}

export interface AccessKeysParts {
  /** The directory that the registry lies in. */
  readonly dataDir: string;
  readonly option: KeysOption;
  readonly clock: Pick<Clock, 'now' | 'wall'>;
  /** Null: nothing is measured. */
  readonly times: KeyTimes | null;
  readonly log: (level: 'error', message: string) => void;
}

/** The keys that the proxy knows. They live as long as it, whatever its configuration becomes. */
export interface AccessKeys {
  /**
   * Tells whose a request is by the keys that it brought; null where it brought none and needs none.
   * @throws ProxyError `unauthorized` or `invalid_request`
   */
  readonly admit: (keys: readonly string[]) => AccessKey | null;
  readonly configure: (option: KeysOption) => void;
  /** Reads the registry again. Gives what is wrong with it, or null; then the keys stay as they were. */
  readonly reread: () => Promise<ChangeProblem>;
  /** What a user should know before anything else. */
  readonly notices: readonly string[];
}

/** So many keys are in use at once, at most; others are looked up each time. */
const maxRemembered = 8192;

/** Reads the registry. One that cannot be read keeps nobody from starting: no key works until it is mended. */
export async function openAccessKeys(parts: AccessKeysParts): Promise<AccessKeys> {
  const keys = new RegisteredKeys(parts);
  const problem = await keys.read();
  if (problem !== null) keys.notices.push(`no access key works: ${problem}`);
  return keys;
}

class RegisteredKeys implements AccessKeys {
  readonly notices: string[] = [];
  readonly #parts: AccessKeysParts;
  #isRequired: boolean;
  #index: KeyIndex | null = null;
  /** Made anew with the index, so that a revoked key is gone from here too. The keys stay in memory, as in a header. */
  #remembered = new LRUCache<string, FoundKey>({ max: 1 });

  constructor(parts: AccessKeysParts) {
    this.#parts = parts;
    this.#isRequired = parts.option === 'required';
  }

  configure(option: KeysOption): void {
    this.#isRequired = option === 'required';
  }

  async reread(): Promise<ChangeProblem> {
    const problem = await this.read();
    if (problem !== null) this.#parts.log('error', `the access keys stay as they were: ${problem}`);
    return problem;
  }

  /** Gives what is wrong with the registry, or null. */
  async read(): Promise<string | null> {
    const read = await readKeyIndex(registryPath(this.#parts.dataDir));
    if ('problem' in read) return read.problem;
    this.#index = read.index;
    this.#remembered = new LRUCache({ max: read.index === null ? 1 : maxRemembered });
    return null;
  }

  admit(keys: readonly string[]): AccessKey | null {
    const [key] = keys;
    if (key === undefined) {
      if (this.#isRequired) throw new ProxyError('unauthorized', keyNeeded);
      return null;
    }
    const { clock, times } = this.#parts;
    if (times === null) return this.#only(key, keys);
    const startedAt = clock.now();
    try {
      return this.#only(key, keys);
    } finally {
      times.authenticated(clock.now() - startedAt);
    }
  }

  #only(key: string, { length }: readonly string[]): AccessKey {
    if (length > 1) throw new ProxyError('invalid_request', 'the request has two different access keys; expected one');
    const found = this.#found(key);
    if (!found) throw new ProxyError('unauthorized', 'the access key is not known, or no longer valid');
    return found.key;
  }

  #found(key: string): FoundKey | null {
    const now = this.#parts.clock.wall();
    const remembered = this.#remembered.get(key);
    if (remembered) {
      this.#parts.times?.cacheHit();
      return remembered.until > now ? remembered : null;
    }
    // A text of another length is none, and not worth its digest.
    if (this.#index === null || key.length !== accessKeyLength) return null;
    return this.#lookUp(key, this.#index, now);
  }

  #lookUp(key: string, index: KeyIndex, now: number): FoundKey | null {
    const { clock, times } = this.#parts;
    const startedAt = times === null ? 0 : clock.now();
    const found = index.find(digestOf(key), now);
    // A copy: a piece of a long URL would keep all of it.
    if (found) this.#remembered.set(Buffer.from(key, 'latin1').toString('latin1'), found);
    times?.resolved(clock.now() - startedAt);
    return found;
  }
}

const keyNeeded =
  'this tokenpak needs an access key, as the API key or as x-tokenpak-key; tokenpak keys create makes one (keys: required)';
