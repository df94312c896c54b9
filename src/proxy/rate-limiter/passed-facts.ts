import type { LimitFacts } from '../record.ts';

/** What a rule says of requests that it lets in: the same for one subject each time, so the last one's is kept. */
export class PassedFacts {
  #last: LimitFacts | null = null;

  of(limit: string, subject: string): LimitFacts {
    if (this.#last?.subject !== subject) this.#last = { limit, subject, verdict: 'passed', retryAfterMs: 0 };
    return this.#last;
  }
}
