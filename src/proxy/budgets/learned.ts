import { LRUCache } from 'lru-cache';
import { boundedName } from '../request-json.ts';

const maxModels = 256;
/** Until so many replies are known, a model is taken to be at its worst. */
const enoughReplies = 8;
const enoughOutputs = 20;
const generation = 128;
/** What is learned is stretched by this, since the next request may be worse than all before. */
const safety = 1.5;
const leastRatio = 0.25;
const firstOutput = 4096;
const leastOutput = 256;
/** Four to each doubling: a quantile is told within 19 %. */
const bucketsPerDoubling = 4;
const bucketCount = 22 * bucketsPerDoubling;
const maxOutputs = 1024;

/** One reply, in tokens and bytes. */
interface Sample {
  /** Of the request's body. */
  readonly bytes: number;
  /** Of every class. */
  readonly input: number;
  /** Of one answer. */
  readonly output: number;
}

/** What the replies of one model have taught. */
export interface ModelHistory {
  /** At most so many input tokens come from a body of so many bytes. */
  readonly inputBound: (bytes: number) => number;
  /** All but one of a hundred answers are no longer than this. */
  readonly usualOutput: () => number;
  readonly learn: (sample: Sample) => void;
}

/** The least recently used models are forgotten. */
export function createHistories(): (provider: string, model: string) => ModelHistory {
  const histories = new LRUCache<string, ModelHistory>({ max: maxModels });
  return (provider, model) => {
    const key = `${provider}/${boundedName(model)}`;
    let history = histories.get(key);
    if (!history) histories.set(key, (history = new History()));
    return history;
  };
}

class History implements ModelHistory {
  #replies = 0;
  /** The most tokens a byte, of this generation of replies and of the one before: an exception is forgotten some day. */
  #ratio = new WorstOfTwo();
  /** Tokens beyond the bytes: what a body only points at, such as a picture by its URL. */
  #beyond = new WorstOfTwo();
  readonly #outputs = new Float64Array(bucketCount);
  #outputCount = 0;
  #mostOutput = 0;

  inputBound(bytes: number): number {
    const ratio = this.#replies < enoughReplies ? 1 : Math.min(1, Math.max(leastRatio, this.#ratio.value * safety));
    return Math.ceil(bytes * ratio + this.#beyond.value);
  }

  usualOutput(): number {
    if (this.#outputCount < enoughOutputs) return Math.max(firstOutput, this.#mostOutput);
    let above = this.#outputCount * 0.01;
    for (let bucket = bucketCount - 1; bucket > 0; bucket--) {
      above -= this.#outputs[bucket]!;
      if (above < 0) return Math.max(leastOutput, Math.ceil(2 ** ((bucket + 1) / bucketsPerDoubling)));
    }
    return leastOutput;
  }

  learn({ bytes, input, output }: Sample): void {
    if (bytes > 0 && input > 0) {
      if (++this.#replies % generation === 0) {
        this.#ratio.age();
        this.#beyond.age();
      }
      if (input > bytes) this.#beyond.add(input - bytes);
      else this.#ratio.add(input / bytes);
    }
    if (output > 0) this.#learnOutput(output);
  }

  #learnOutput(output: number): void {
    const bucket = Math.floor(Math.log2(output) * bucketsPerDoubling);
    this.#outputs[Math.min(bucketCount - 1, bucket)]!++;
    this.#mostOutput = Math.max(this.#mostOutput, output);
    if (++this.#outputCount < maxOutputs) return;
    this.#outputCount = 0;
    for (let index = 0; index < bucketCount; index++) this.#outputCount += this.#outputs[index]! /= 2;
  }
}

class WorstOfTwo {
  #now = 0;
  #before = 0;

  get value(): number {
    return Math.max(this.#now, this.#before);
  }

  add(value: number): void {
    if (value > this.#now) this.#now = value;
  }

  age(): void {
    this.#before = this.#now;
    this.#now = 0;
  }
}
