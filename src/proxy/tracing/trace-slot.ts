import type { Marks, RequestRecord } from '../record.ts';
import type { RawHeaders } from './redacted-headers.ts';

/** What a trace is put together from. */
export type TraceSource = Pick<
  RequestRecord,
  | 'id'
  | 'time'
  | 'method'
  | 'path'
  | 'provider'
  | 'model'
  | 'status'
  | 'outcome'
  | 'errorCode'
  | 'attempts'
  | 'stages'
  | 'marks'
  | 'tokens'
> & {
  readonly picodollars: number | null;
  /** How the provider said that it bills. */
  readonly mode: string | null;
  readonly geo: string | null;
  /** Null where they were too many bytes to keep. */
  readonly headers: RawHeaders | null;
};

/** Of requests and answers together; more is not kept. */
const maxHeaderCharacters = 16 * 1024;
/** Several attempts enter several stages each; what comes behind so many is left out. */
const maxStages = 64;

/**
 * Keeps what a trace needs of one record after the other, in memory of its own: records that were kept themselves would
 * outlive the nursery, each with all that hangs on it, and cost more to keep than to make.
 */
export class TraceSlot {
  #head: Omit<TraceSource, 'stages' | 'marks'> | null = null;
  readonly #marks: Marks = { received: 0, bodyRead: 0, sent: 0, providerReady: 0, replied: 0, ended: 0 };
  readonly #stageNames: string[] = [];
  readonly #stageTimes = new Float64Array(maxStages);
  #stages = 0;

  keep(record: RequestRecord): void {
    const { id, time, method, path, provider, model, status, outcome, errorCode, attempts, tokens } = record;
    const { picodollars } = record.cost;
    const { mode = null, geo = null } = record.evidence ?? {};
    const headers = headersOf(record);
    // Member by member: to spread objects costs several times as much.
    // prettier-ignore
    this.#head = { id, time, method, path, provider, model, status, outcome, errorCode, attempts, tokens, picodollars, mode, geo, headers };
    Object.assign(this.#marks, record.marks);
    this.#stages = Math.min(record.stages.length, maxStages);
    for (let index = 0; index < this.#stages; index++) {
      const { stage, at } = record.stages[index]!;
      this.#stageNames[index] = stage;
      this.#stageTimes[index] = at;
    }
  }

  holds(id: string): boolean {
    return this.#head?.id === id;
  }

  /** What was kept last, or null. */
  source(): TraceSource | null {
    if (this.#head === null) return null;
    const names = this.#stageNames.slice(0, this.#stages);
    const stages = names.map((stage, index) => ({ stage, at: this.#stageTimes[index]! }));
    return { ...this.#head, stages, marks: { ...this.#marks } };
  }
}

/** Takes the last answer's headers from the record, which is kept in part. */
function headersOf({ requestHeaders = none, attempts }: RequestRecord): RawHeaders | null {
  const response = attempts[attempts.length - 1]?.replyHeaders ?? none;
  for (const attempt of attempts) attempt.replyHeaders = undefined;
  const isSmall = lengthOf(requestHeaders) + lengthOf(response) <= maxHeaderCharacters;
  return isSmall ? { request: requestHeaders, response } : null;
}

const none: readonly string[] = [];

function lengthOf(texts: readonly string[]): number {
  let length = 0;
  for (let index = 0; index < texts.length; index++) length += texts[index]!.length;
  return length;
}
