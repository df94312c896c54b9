import { StreamEvent } from '../../stream-events.ts';
import type { TextMeasure } from './text-measure.ts';

// Of event data, most of which is wrapping. Kept for every stream until it ends, since only then it shows whether the
// provider told its usage.
const maxKeptCharacters = 32 * 1024;

/** Keeps the beginning of a stream's output, cheaply, for the case that its usage never comes. */
export interface OutputSample {
  readonly add: (event: StreamEvent) => void;
  /** The output so far, as far as its events show it. Each event is parsed once, however often this is asked. */
  readonly measure: () => TextMeasure;
}

export function outputSample(deltaText: (event: StreamEvent) => string): OutputSample {
  const kept: string[] = [];
  let keptCharacters = 0;
  let allCharacters = 0;
  let text = '';
  let parsed = 0;
  return {
    add({ name, data }) {
      allCharacters += data.length;
      if (keptCharacters + data.length > maxKeptCharacters) return;
      keptCharacters += data.length;
      kept.push(name, data);
    },
    measure() {
      for (; parsed < kept.length; parsed += 2) {
        text += deltaText(new StreamEvent(kept[parsed] as string, kept[parsed + 1] as string));
      }
      const bytes = Buffer.byteLength(text);
      return { sample: text, bytes: keptCharacters === 0 ? 0 : Math.ceil((bytes * allCharacters) / keptCharacters) };
    },
  };
}
