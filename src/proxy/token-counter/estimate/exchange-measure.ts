import type { Call } from '../../exchange.ts';
import type { Estimator } from './estimator.ts';
import type { Estimate } from './fill-in.ts';
import { promptMeasure } from './prompt-measure.ts';
import { extendedTokens, roughTokens, type TextMeasure } from './text-measure.ts';

const nothing: TextMeasure = { sample: '', bytes: 0 };

/** Estimates one exchange's tokens from its texts. */
export interface ExchangeMeasure {
  /** At once, by length. */
  readonly rough: (output: TextMeasure) => Estimate;
  /** Counted elsewhere, in its own time; null where that could not be done. */
  readonly counted: (output: TextMeasure, estimator: Estimator) => Promise<Estimate | null>;
}

export function exchangeMeasure({ body, model, envelope, record }: Call): ExchangeMeasure {
  let measured: TextMeasure | null = null;
  // A large prompt is walked only if somebody asks for an estimate, and then once.
  const prompt = (): TextMeasure => (measured ??= body.kind === 'bytes' ? promptMeasure(body.bytes) : nothing);
  const limited = (tokens: number): number => Math.min(tokens, envelope?.maxTokens ?? Infinity);
  // Embeddings are numbers; what bills is the text that went in.
  const billed = (output: TextMeasure): TextMeasure => (record.intent.kind === 'embed' ? nothing : output);
  return {
    rough: (output) => ({ input: roughTokens(prompt(), model), output: limited(roughTokens(billed(output), model)) }),
    async counted(output, estimator) {
      const tokens = (measure: TextMeasure): Promise<number | null> => countedTokens(measure, model, estimator);
      const [input, out] = await Promise.all([tokens(prompt()), tokens(billed(output))]);
      return input === null || out === null ? null : { input, output: limited(out) };
    },
  };
}

async function countedTokens(measure: TextMeasure, model: string | null, estimator: Estimator): Promise<number | null> {
  if (measure.bytes === 0) return 0;
  const sampleTokens = await estimator.count(measure.sample);
  return sampleTokens === null ? null : extendedTokens(measure, sampleTokens, model);
}
