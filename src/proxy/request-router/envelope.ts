import { ProxyError } from '../errors.ts';
import type { Envelope, MemoryHold, Span } from '../exchange.ts';
import { closeBracket, comma, openBrace, openBracket, quote } from './json-marks.ts';
import { wordsOf } from './json-string.ts';
import { notJson, skipMark, skipSpace, skipValue } from './json-walk.ts';
import { memberReader, textOf } from './members.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type Draft = Mutable<Envelope>;

/** How a member's value comes into the envelope. */
const readers = {
  model(draft: Draft, bytes: Buffer, value: Span) {
    const isText = bytes[value.start] === quote;
    draft.model = isText ? textOf(bytes, value.start, value.end) : null;
    draft.modelSpan = isText ? { start: value.start, end: value.end } : null;
  },
  stream: (draft: Draft, bytes: Buffer, value: Span) => void (draft.stream = flagOf(bytes, value) === true),
  stream_options(draft: Draft, bytes: Buffer, value: Span) {
    draft.streamOptions = { start: value.start, end: value.end };
    draft.includeUsage = null;
    if (bytes[value.start] !== openBrace) return;
    for (const usage of streamOptionsOf(bytes, value.start).found) draft.includeUsage = flagOf(bytes, usage);
  },
  max_tokens: readMaxTokens,
  max_completion_tokens: readMaxTokens,
  max_output_tokens: readMaxTokens,
  n: readChoices,
  best_of: readChoices,
  // Each text of a list is answered by itself; counted once all else is known.
  prompt: () => undefined,
  generationConfig: readGenerationConfig,
  generation_config: readGenerationConfig,
  tools(draft: Draft, bytes: Buffer, value: Span) {
    draft.tools = bytes[value.start] === openBracket && bytes[skipMark(bytes, value.start)] !== closeBracket;
  },
  service_tier: readServiceTier,
  serviceTier: readServiceTier,
  speed(draft: Draft, bytes: Buffer, value: Span) {
    if (textAt(bytes, value) === fastSpeed) draft.serviceTier = fastSpeed;
  },
  background: (draft: Draft, bytes: Buffer, value: Span) => void (draft.background = flagOf(bytes, value) === true),
  // Only that it stands twice matters: one reader could take the first and another the last.
  metadata: () => undefined,
} satisfies Record<string, (draft: Draft, bytes: Buffer, value: Span) => void>;

type Key = keyof typeof readers;

const maxDigits = 32;
/** Anthropic's, which is billed like a service tier. */
const fastSpeed = 'fast';

const membersOf = memberReader(Object.keys(readers) as Key[]);
const streamOptionsOf = memberReader(['include_usage']);
const generationConfigOf = memberReader(['maxOutputTokens', 'max_output_tokens', 'candidateCount', 'candidate_count']);

/**
 * Reads what routing and metering need of a JSON request, without parsing it. The offsets are those of `bytes`; a
 * byte-order mark before the object is accepted.
 * @param memory that the bytes lie in, where it knows a quick way over them
 * @throws ProxyError `invalid_request` for anything but one JSON object, naming the place of the first fault.
 */
export function readEnvelope(bytes: Buffer, memory?: MemoryHold): Envelope {
  const start = skipSpace(bytes, startsWithMark(bytes) ? 3 : 0);
  if (start >= bytes.length)
    throw new ProxyError('invalid_request', 'the request body is empty; a JSON object was expected');
  if (bytes[start] !== openBrace) {
    throw new ProxyError(
      'invalid_request',
      `the request body is not a JSON object: it does not begin with { at byte ${start}`,
    );
  }
  const { found, repeated, end } = membersOf(bytes, start, memory?.skipNested);
  const rest = skipSpace(bytes, end);
  if (rest < bytes.length) throw notJson(bytes, rest);
  const draft = emptyEnvelope(start + 1, repeated);
  for (const member of found) readers[member.key](draft, bytes, member);
  const prompt = found.find(({ key }) => key === 'prompt');
  if (prompt) draft.choices *= promptsIn(bytes, prompt);
  return draft;
}

function emptyEnvelope(membersStart: number, duplicates: readonly string[]): Draft {
  return {
    model: null,
    modelSpan: null,
    stream: false,
    streamOptions: null,
    includeUsage: null,
    maxTokens: null,
    choices: 1,
    tools: false,
    serviceTier: null,
    membersStart,
    duplicates,
  };
}

function startsWithMark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function flagOf(bytes: Buffer, value: Span): boolean | null {
  const first = bytes[value.start];
  return first === 0x74 ? true : first === 0x66 ? false : null;
}

/** Under two names it is the higher one: nobody knows which of them a provider takes. */
function readMaxTokens(draft: Draft, bytes: Buffer, value: Span): void {
  const limit = numberOf(bytes, value);
  if (limit !== null) draft.maxTokens = Math.max(limit, draft.maxTokens ?? limit);
}

function readChoices(draft: Draft, bytes: Buffer, value: Span): void {
  draft.choices = Math.max(draft.choices, numberOf(bytes, value) ?? 1);
}

/** A number in quotes is one too: some providers take it. */
function numberOf(bytes: Buffer, value: Span): number | null {
  if (value.end - value.start > maxDigits) return null;
  const text = bytes.toString('latin1', value.start, value.end).replace(/^" *(-?\d[\d.]*) *"$/, '$1');
  const number = Number(/^-?\d/.test(text) ? text : NaN);
  return Number.isFinite(number) ? number : null;
}

/** How many texts there are to complete: a list of numbers is one text by its tokens. */
function promptsIn(bytes: Buffer, value: Span): number {
  if (bytes[value.start] !== openBracket) return 1;
  const words = wordsOf(bytes);
  let count = 0;
  for (let at = skipMark(bytes, value.start); bytes[at] === quote || bytes[at] === openBracket; count++) {
    at = skipSpace(bytes, skipValue(bytes, at, words));
    if (bytes[at] === comma) at = skipMark(bytes, at);
  }
  return Math.max(1, count);
}

function readGenerationConfig(draft: Draft, bytes: Buffer, value: Span): void {
  if (bytes[value.start] !== openBrace) return;
  const { found, repeated } = generationConfigOf(bytes, value.start);
  for (const member of found) {
    if (member.key.startsWith('c')) readChoices(draft, bytes, member);
    else readMaxTokens(draft, bytes, member);
  }
  if (repeated.length > 0) draft.duplicates = [...draft.duplicates, ...repeated];
}

function readServiceTier(draft: Draft, bytes: Buffer, value: Span): void {
  if (draft.serviceTier !== fastSpeed) draft.serviceTier = textAt(bytes, value);
}

function textAt(bytes: Buffer, value: Span): string | null {
  return bytes[value.start] === quote ? textOf(bytes, value.start, value.end) : null;
}
