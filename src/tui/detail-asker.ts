import type { Detail } from './detail-data.ts';
import type { Source } from './source.ts';
import type { RequestRow } from './state.ts';

/** Asks for what is told of the request that is looked at, once it has ended: nothing is told before. */
export class DetailAsker {
  readonly #source: Pick<Source, 'detail'>;
  readonly #onAnswer: () => void;
  #asked: { readonly id: string; readonly value: Detail } | null = null;

  /** @param onAnswer there is more to show than there was */
  constructor(source: Pick<Source, 'detail'>, onAnswer: () => void) {
    this.#source = source;
    this.#onAnswer = onAnswer;
  }

  /** What is known by now. @param row null where it is not listed any more */
  of(id: string, row: RequestRow | null): Detail | null {
    if (this.#asked?.id === id) return this.#asked.value;
    this.#asked = null;
    if (row?.status === null) return null;
    this.#asked = { id, value: 'loading' };
    void this.#source.detail(id).then((trace) => {
      if (this.#asked?.id !== id) return;
      this.#asked = { id, value: trace === null ? 'gone' : { trace } };
      this.#onAnswer();
    });
    return this.#asked.value;
  }
}
