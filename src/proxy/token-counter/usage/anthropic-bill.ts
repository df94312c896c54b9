import { isObject, type JsonObject } from '../../json.ts';
import type { BilledLine, Reading } from '../reading.ts';
import { counted, isSound, part, required } from './counts.ts';
import { nameOf } from './names.ts';

type Bill = Pick<Reading, 'lines' | 'doubt' | 'unpriced'>;

const iterationTypes: ReadonlySet<unknown> = new Set(['message', 'compaction', 'advisor_message', 'fallback_message']);

/**
 * The lines of a Messages bill. The totals leave out what compaction and an advisor used, the latter billed at its own
 * model's price. Where the request took several turns on the server, each is judged by its own prompt's length; but
 * where another model took over, the totals already are those of the model that answered.
 *
 * @returns null where the numbers cannot be true.
 */
export function anthropicBill(model: string | null, usage: JsonObject): Bill | null {
  const total = lineOf(model, usage);
  // Nearly always.
  if (usage['iterations'] === undefined) {
    return isSound(total) ? { lines: [total], doubt: doubtOf(usage), unpriced: null } : null;
  }
  const iterations = iterationsOf(usage);
  const lines = [...turns(total, iterations), ...apart(model, iterations)];
  if (!lines.every(isSound)) return null;
  return { lines, doubt: doubtOf(usage), unpriced: unpricedOf(iterations) };
}

function iterationsOf(usage: JsonObject): readonly JsonObject[] {
  const iterations = usage['iterations'];
  return Array.isArray(iterations) ? iterations.filter(isObject) : [];
}

/** What the totals cover: a line for each turn, if the turns are told and add up to them. */
function turns(total: BilledLine, iterations: readonly JsonObject[]): readonly BilledLine[] {
  if (iterations.some(({ type }) => type === 'fallback_message')) return [total];
  const lines = iterations
    .filter(({ type }) => type === 'message')
    .map((turn) => lineOf(modelOf(turn, total.model), turn));
  if (lines.length < 2 || !addsUp(lines, total)) return [total];
  return lines;
}

/** What the totals leave out. */
function apart(model: string | null, iterations: readonly JsonObject[]): readonly BilledLine[] {
  return iterations
    .filter(({ type }) => type === 'compaction' || type === 'advisor_message')
    .map((iteration) => lineOf(modelOf(iteration, model), iteration));
}

function modelOf(iteration: JsonObject, otherwise: string | null): string | null {
  return nameOf(iteration['model']) ?? otherwise;
}

function addsUp(lines: readonly BilledLine[], total: BilledLine): boolean {
  return (['input', 'cacheRead', 'cacheWrite', 'cacheWrite1h', 'output'] as const).every(
    (kind) => lines.reduce((sum, { tokens }) => sum + tokens[kind], 0) === total.tokens[kind],
  );
}

function lineOf(model: string | null, usage: JsonObject): BilledLine {
  const creation = part(usage, 'cache_creation');
  const cacheWrite1h = counted(creation['ephemeral_1h_input_tokens']);
  const cacheWrite = counted(
    usage['cache_creation_input_tokens'] ?? counted(creation['ephemeral_5m_input_tokens']) + cacheWrite1h,
  );
  const input = required(usage['input_tokens']);
  const cacheRead = counted(usage['cache_read_input_tokens']);
  const output = counted(usage['output_tokens']);
  const reasoning = Math.min(counted(part(usage, 'output_tokens_details')['thinking_tokens']), output);
  return {
    model,
    tokens: { input, cacheRead, cacheWrite, cacheWrite1h, output, reasoning },
    promptTokens: input + cacheRead + cacheWrite,
    audioInput: 0,
  };
}

/** A write whose lifetime is not told is taken for the short one; a redeemed credit makes writes cheaper than usage says. */
function doubtOf(usage: JsonObject): Bill['doubt'] {
  const status = part(usage, 'fallback_credit')['status'];
  if (status === 'redeemed' || (isObject(status) && status['type'] === 'redeemed')) return 'partial';
  return counted(usage['cache_creation_input_tokens']) > 0 && !isObject(usage['cache_creation']) ? 'estimated' : null;
}

function unpricedOf(iterations: readonly JsonObject[]): string | null {
  return iterations.every(({ type }) => iterationTypes.has(type)) ? null : 'unknown_usage_field';
}
