import type { Call } from '../exchange.ts';
import type { StreamEvent } from '../stream-events.ts';
import { outputSample, type OutputSample } from './estimate/output-sample.ts';
import type { TextMeasure } from './estimate/text-measure.ts';
import type { Reading } from './reading.ts';
import { usageDialects } from './usage/index.ts';
import type { UsageStream } from './usage/usage-dialect.ts';

/** One reply as it passes: what it tells of its usage, and enough of its text to estimate what it does not tell. */
export interface ReplyUsage {
  readonly event: (event: StreamEvent) => void;
  /** True where usage was found, which takes a whole document. */
  readonly body: (bytes: Buffer) => boolean;
  /** What the provider has told by now; null where that is nothing, or cannot be true. */
  readonly reading: () => Reading | null;
  /** The output so far; null where none of it was shown: it could not be decoded, or was too large to hold. */
  readonly output: () => TextMeasure | null;
}

// Of a whole reply that brings no usage, this much is counted.
const maxBodySample = 32 * 1024;

export function replyUsage({ dialect: name }: Call): ReplyUsage {
  const dialect = usageDialects[name];
  let stream: { readonly usage: UsageStream; readonly sample: OutputSample } | null = null;
  let whole: { readonly reading: Reading | null; readonly text: TextMeasure } | null = null;
  return {
    event(event) {
      stream ??= { usage: dialect.stream(), sample: outputSample(dialect.deltaText) };
      if (!stream.usage.event(event)) stream.sample.add(event);
    },
    body(bytes) {
      const reading = dialect.body(bytes.toString('utf8'));
      const sample = reading ? '' : bytes.toString('utf8', 0, maxBodySample);
      whole = { reading, text: { sample, bytes: bytes.length } };
      return reading !== null;
    },
    reading: () => (stream ? stream.usage.reading() : (whole?.reading ?? null)),
    output: () => (stream ? stream.sample.measure() : (whole?.text ?? null)),
  };
}
