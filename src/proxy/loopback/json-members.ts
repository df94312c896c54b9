import { BadRequest } from './request.ts';

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** So far a loop is faster than a search, which has to leave JavaScript first. */
const nearBytes = 64;

export type JsonRecord = Readonly<Record<string, unknown>>;

/** The top-level members of a JSON object. */
export interface JsonMembers {
  /** The member's value, or undefined where there is none. Only this value is parsed. Of a repeated key the last counts. */
  readonly get: (key: string) => unknown;
}

export const noMembers: JsonMembers = { get: () => undefined };

/**
 * Finds the top-level members of a JSON object by walking over its values: a request of a megabyte is not parsed to read
 * its model.
 * @throws BadRequest where the bytes are not a JSON object; what stands inside a value is judged when it is asked for.
 */
export function jsonMembers(bytes: Buffer): JsonMembers {
  const values = new Map<string, Buffer>();
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== openBrace) throw new BadRequest('the body is not a JSON object');
  at = skipSpace(bytes, at + 1);
  while (bytes[at] !== closeBrace) {
    const keyEnd = skipString(bytes, at);
    const valueStart = skipSpace(bytes, expect(bytes, skipSpace(bytes, keyEnd), colon));
    const valueEnd = skipValue(bytes, valueStart);
    values.set(String(parsed(bytes.toString('utf8', at, keyEnd))), bytes.subarray(valueStart, valueEnd));
    at = skipSpace(bytes, valueEnd);
    if (bytes[at] !== closeBrace) at = skipSpace(bytes, expect(bytes, at, comma));
  }
  return {
    get(key) {
      const value = values.get(key);
      return value === undefined ? undefined : parsed(value.toString());
    },
  };
}

/** The objects in a list; none where it is no list. */
export function recordsIn(value: unknown): JsonRecord[] {
  return Array.isArray(value) ? value.filter((element) => typeof element === 'object' && element !== null) : [];
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new BadRequest('the body is not JSON', { cause: error });
  }
}

function expect(bytes: Buffer, at: number, byte: number): number {
  if (bytes[at] !== byte) throw new BadRequest(`the body is not JSON at byte ${at}`);
  return at + 1;
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++;
  return at;
}

/** From an opening quote to just behind its closing one. */
function skipString(bytes: Buffer, from: number): number {
  if (bytes[from] !== quote) throw new BadRequest(`the body is not JSON at byte ${from}`);
  let at = from + 1;
  while (at < bytes.length) {
    const searchFrom = Math.min(at + nearBytes, bytes.length);
    for (; at < searchFrom; at++) {
      if (bytes[at] === quote) return at + 1;
      if (bytes[at] === backslash) at++;
    }
    const found = bytes.indexOf(quote, at);
    if (found === -1) break;
    if (!escaped(bytes, found, at)) return found + 1;
    at = found + 1;
  }
  throw new BadRequest('the body ends inside a string');
}

/** Whether an odd number of backslashes stands before a place; those before `start` have been read. */
function escaped(bytes: Buffer, at: number, start: number): boolean {
  let first = at;
  while (first > start && bytes[first - 1] === backslash) first--;
  return (at - first) % 2 === 1;
}

function skipValue(bytes: Buffer, from: number): number {
  if (bytes[from] === quote) return skipString(bytes, from);
  let depth = 0;
  let at = from;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === quote) {
      at = skipString(bytes, at);
      continue;
    }
    const closes = byte === closeBrace || byte === closeBracket;
    if (depth === 0 && (closes || byte === comma)) return at;
    if (byte === openBrace || byte === openBracket) depth++;
    if (closes) depth--;
    at++;
  }
  throw new BadRequest('the body ends inside a value');
}
