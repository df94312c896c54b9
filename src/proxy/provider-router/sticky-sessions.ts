import { Lru } from '../lru.ts';

const maxSessions = 10_000;

/** Which target a session was served by, so that the provider's cache of its prompts stays warm. */
export class StickySessions {
  readonly #targets = new Lru<string, string>(maxSessions);

  /** @returns the target's id, or null. @param rule where the session has been, since each has targets of its own */
  target(rule: string, session: string): string | null {
    return this.#targets.get(`${rule}\n${session}`) ?? null;
  }

  served(rule: string, session: string, target: string): void {
    this.#targets.set(`${rule}\n${session}`, target);
  }
}
