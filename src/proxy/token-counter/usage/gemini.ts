import { isObject, type JsonObject } from '../../json.ts';
import { findMembers, valueAt } from '../../json-members.ts';
import { maxRawBytes, type BilledLine, type Reading } from '../reading.ts';
import { counted, countsUnknown, isSound, part, required } from './counts.ts';
import { nameOf } from './names.ts';
import type { UsageDialect, UsageStream } from './usage-dialect.ts';

const members = ['usageMetadata', 'modelVersion'] as const;
const usageObject = /"usageMetadata"\s*:\s*\{/;
const ended = /"(?:finishReason|blockReason)"\s*:\s*"/;

/** generateContent and its siblings: https://ai.google.dev/api/generate-content#UsageMetadata */
export const gemini: UsageDialect = {
  body(text) {
    const [usage, model] = findMembers(text, members) ?? [];
    if (usage === undefined) return null;
    const seen = { final: true, bytes: usage.end - usage.start, grounded: isGrounded(text) };
    return readingOf(valueAt(text, model), valueAt(text, usage), seen);
  },
  stream,
  deltaText(event) {
    const data = event.json();
    if (!isObject(data) || !Array.isArray(data['candidates'])) return '';
    return data['candidates'].map((candidate) => (isObject(candidate) ? textOf(candidate) : '')).join('');
  },
};

/** Every chunk repeats the usage so far: the last that is not empty counts. */
function stream(): UsageStream {
  let reply: JsonObject | null = null;
  let bytes = 0;
  let final = false;
  let grounded = false;
  return {
    event(event) {
      if (!final && ended.test(event.data)) final = true;
      if (!grounded && isGrounded(event.data)) grounded = true;
      if (!usageObject.test(event.data)) return false;
      const data = event.json();
      if (!isObject(data) || Object.keys(part(data, 'usageMetadata')).length === 0) return false;
      reply = data;
      bytes = event.data.length;
      // Chunks bring text and usage at once, so none of them is about usage alone.
      return false;
    },
    reading: () => reply && readingOf(reply['modelVersion'], reply['usageMetadata'], { final, bytes, grounded }),
  };
}

function readingOf(
  model: unknown,
  usage: unknown,
  seen: { final: boolean; bytes: number; grounded: boolean },
): Reading | null {
  if (!isObject(usage)) return null;
  const line = lineOf(model, usage);
  if (!isSound(line)) return null;
  return {
    lines: [line],
    mode: modeOf(usage['serviceTier'] ?? usage['trafficType']),
    geo: null,
    webSearches: 0,
    fileSearches: 0,
    final: seen.final,
    // Searches are free up to a monthly number that only the provider knows; cached audio has a price of its own.
    doubt: seen.grounded || modality(usage['cacheTokensDetails'], isAudio) > 0 ? 'estimated' : null,
    unpriced: unpricedOf(usage),
    raw: seen.bytes <= maxRawBytes ? usage : null,
  };
}

function lineOf(model: unknown, usage: JsonObject): BilledLine {
  const prompt = required(usage['promptTokenCount']);
  const cacheRead = counted(usage['cachedContentTokenCount']);
  const reasoning = counted(usage['thoughtsTokenCount']);
  const audio =
    modality(usage['promptTokensDetails'], isAudio) +
    modality(usage['toolUsePromptTokensDetails'], isAudio) -
    modality(usage['cacheTokensDetails'], isAudio);
  return {
    model: nameOf(model),
    tokens: {
      input: prompt + counted(usage['toolUsePromptTokenCount']) - cacheRead,
      cacheRead,
      cacheWrite: 0,
      cacheWrite1h: 0,
      output: counted(usage['candidatesTokenCount']) + reasoning,
      reasoning,
    },
    promptTokens: prompt,
    audioInput: Math.max(0, audio),
  };
}

function unpricedOf(usage: JsonObject): string | null {
  if (modality(usage['candidatesTokensDetails'], isNoText) > 0) return 'unknown_modality';
  return countsUnknown(usage, known) ? 'unknown_usage_field' : null;
}

const ordinaryModes: ReadonlySet<string> = new Set([
  'standard',
  'unspecified',
  'traffic_type_unspecified',
  'on_demand',
]);

function modeOf(tier: unknown): string | null {
  const mode = nameOf(tier)?.toLowerCase() ?? null;
  return mode === null || ordinaryModes.has(mode) ? null : mode.replace(/^on_demand_/, '');
}

const isAudio = (name: unknown): boolean => name === 'AUDIO';
const isNoText = (name: unknown): boolean => name !== 'TEXT' && name !== 'MODALITY_UNSPECIFIED';

function modality(details: unknown, isMeant: (name: unknown) => boolean): number {
  if (!Array.isArray(details)) return 0;
  return details.reduce<number>((sum, entry) => {
    return isObject(entry) && isMeant(entry['modality']) ? sum + counted(entry['tokenCount']) : sum;
  }, 0);
}

function isGrounded(text: string): boolean {
  return text.includes('"groundingMetadata"');
}

function textOf(candidate: JsonObject): string {
  const parts = part(candidate, 'content')['parts'];
  if (!Array.isArray(parts)) return '';
  return parts
    .map((entry) => {
      if (!isObject(entry)) return '';
      if (typeof entry['text'] === 'string') return entry['text'];
      return isObject(entry['functionCall']) ? JSON.stringify(entry['functionCall']) : '';
    })
    .join('');
}

const known: ReadonlySet<string> = new Set([
  'promptTokenCount',
  'cachedContentTokenCount',
  'candidatesTokenCount',
  'thoughtsTokenCount',
  'toolUsePromptTokenCount',
  'totalTokenCount',
  'initialPromptTokenCount',
]);
