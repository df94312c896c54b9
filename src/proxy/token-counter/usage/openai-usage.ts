import type { JsonObject } from '../../json.ts';
import type { BilledLine } from '../reading.ts';
import { countsUnknown, isSound } from './counts.ts';
import { nameOf } from './names.ts';

/** The counts of an OpenAI usage object, whichever of its two vocabularies they came in. */
export interface OpenAiCounts {
  /** All input; what was read from and written to the cache are parts of it. */
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** The part of `cacheWrite` that is kept for twelve hours. */
  readonly cacheWrite12h: number;
  /** All output, reasoning included. */
  readonly output: number;
  readonly reasoning: number;
  readonly audioInput: number;
}

/** One line of a bill, or null where the numbers contradict each other. */
export function openAiLine(model: unknown, counts: OpenAiCounts): BilledLine | null {
  const line: BilledLine = {
    model: nameOf(model),
    tokens: {
      input: counts.input - counts.cacheRead - counts.cacheWrite,
      cacheRead: counts.cacheRead,
      cacheWrite: counts.cacheWrite,
      cacheWrite1h: counts.cacheWrite12h,
      output: counts.output,
      reasoning: Math.min(counts.reasoning, counts.output),
    },
    promptTokens: counts.input,
    audioInput: counts.audioInput,
  };
  return isSound(line) ? line : null;
}

/** The `service_tier` of a reply as a mode of billing. */
export function openAiMode(serviceTier: unknown): string | null {
  const tier = nameOf(serviceTier);
  return tier === 'default' ? null : tier;
}

/** Why an OpenAI usage cannot be priced by text tokens alone; null where it can. */
export function openAiUnpriced(objects: readonly JsonObject[], audioOutput: number): string | null {
  if (audioOutput > 0) return 'unknown_modality';
  return objects.some((object) => countsUnknown(object, known)) ? 'unknown_usage_field' : null;
}

// Totals, parts of totals that bear their price, and names that other OpenAI-compatible servers give to such parts.
const known: ReadonlySet<string> = new Set([
  'prompt_tokens',
  'completion_tokens',
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'cached_tokens',
  'cache_write_tokens',
  'audio_tokens',
  'image_tokens',
  'text_tokens',
  'reasoning_tokens',
  'accepted_prediction_tokens',
  'rejected_prediction_tokens',
  'orchestration_input_tokens',
  'orchestration_input_cached_tokens',
  'orchestration_output_tokens',
  'prompt_cache_hit_tokens',
  'prompt_cache_miss_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
]);
