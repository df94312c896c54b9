import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProxyError } from '../errors.ts';
import { readEnvelope } from './envelope.ts';

function isRefused(bytes: Buffer): boolean {
  try {
    readEnvelope(bytes);
    return false;
  } catch (error) {
    if (error instanceof ProxyError && error.code === 'invalid_request') return true;
    throw error;
  }
}

const names = ['model', 'stream', 'stream_options', 'max_tokens', 'max_output_tokens', 'tools', 'service_tier', 'x'];
const name = fc.constantFrom(...names);
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.stringMatching(/^["\\{}[\],: a]{0,70}$/),
  fc.constantFrom('', '"model":"no"', '\\', '\\"', '}'.repeat(60)),
);
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    text,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(name, text), tie('value'), { maxKeys: 4 }),
  ),
})).value;
const document = fc.dictionary(fc.oneof(name, text), value, { maxKeys: 8, noNullPrototype: true });

/** Puts white space between the tokens of JSON, and escapes letters that need no escape. */
function disturbed(json: string, random: () => number): string {
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^"{}[\],:]+/g) ?? [];
  const spaces = ['', '', ' ', '\n', '\t\r\n '];
  const escape = (letter: string): string =>
    random() < 0.1 ? `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}` : letter;
  return tokens
    .map((token) =>
      token.startsWith('"') ? token.replace(/(?<!\\(?:u[0-9a-f]{0,3})?)[a-z_](?=[a-z_"])/g, escape) : token,
    )
    .map((token) => token + (spaces[Math.floor(random() * spaces.length)] ?? ''))
    .join('');
}

describe('the envelope of any document', () => {
  it('agrees with JSON.parse', () => {
    fc.assert(
      fc.property(document, fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })), (object, numbers) => {
        const body = disturbed(JSON.stringify(object), () => numbers.next().value as number);
        const parsed = JSON.parse(body) as Record<string, unknown>;
        const envelope = readEnvelope(Buffer.from(body));
        const textOrNull = (key: string): unknown => (typeof parsed[key] === 'string' ? parsed[key] : null);
        expect(envelope.model).toEqual(textOrNull('model'));
        expect(envelope.serviceTier).toEqual(textOrNull('service_tier'));
        expect(envelope.stream).toBe(parsed['stream'] === true);
        expect(envelope.tools).toBe(Array.isArray(parsed['tools']) && parsed['tools'].length > 0);
        expect(envelope.streamOptions !== null).toBe('stream_options' in parsed);
        const limits = ['max_tokens', 'max_output_tokens'].filter((key) => key in parsed).map((key) => parsed[key]);
        expect([null, ...limits]).toContain(envelope.maxTokens);
        expect(envelope.duplicates).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('is refused for every beginning of it that is not the whole', () => {
    fc.assert(
      fc.property(document, fc.nat(), (object, cut) => {
        const bytes = Buffer.from(JSON.stringify(object));
        expect(isRefused(bytes.subarray(0, cut % bytes.length))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('is refused where a bracket, comma, colon or quote is missing or too many', () => {
    fc.assert(
      fc.property(document, fc.nat(), fc.constantFrom('{', '}', '[', ']', ',', ':', '"', ''), (object, place, mark) => {
        const json = JSON.stringify(object);
        const at = place % json.length;
        const broken = json.slice(0, at) + mark + json.slice(at + (mark === '' ? 1 : 0));
        let isObject: boolean;
        try {
          const parsed: unknown = JSON.parse(broken);
          isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
        } catch {
          isObject = false;
        }
        if (!isObject && !isStructural(broken)) return;
        expect(isRefused(Buffer.from(broken))).toBe(!isObject);
      }),
      { numRuns: 2000 },
    );
  });
});

/** Whether what is wrong with the text would still be wrong if all its strings, numbers and escapes were right. */
function isStructural(json: string): boolean {
  const plain = json.replace(/"(?:[^"\\]|\\[\s\S])*"/g, '""').replace(/-?\d[\d.eE+-]*/g, '0');
  try {
    const parsed: unknown = JSON.parse(plain);
    return typeof parsed !== 'object' || parsed === null || Array.isArray(parsed);
  } catch {
    return true;
  }
}
