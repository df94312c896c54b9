import type { Span } from './exchange.ts';

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

// Up to this length a loop finds the end of a string sooner than a call of indexOf does.
const shortString = 48;

/**
 * Where the values of an object's own members stand, in the order of `keys`; undefined for a key that is not there, the
 * last of a key that stands twice. Strings and nested values are skipped and not parsed, so that a large reply costs
 * little, and a key of the same name further inside is never taken for the object's own.
 *
 * @returns null where the text is not one object that ends where the text does. Skipped values are walked, not checked.
 */
export function findMembers(text: string, keys: readonly string[]): (Span | undefined)[] | null {
  const found: (Span | undefined)[] = keys.map(() => undefined);
  let at = skipSpace(text, 0);
  if (text.charCodeAt(at) !== openBrace) return null;
  at = skipSpace(text, at + 1);
  if (text.charCodeAt(at) === closeBrace) return isEnd(text, at + 1) ? found : null;
  for (;;) {
    const keyEnd = endOfKey(text, at);
    if (keyEnd < 0) return null;
    const key = indexOfKey(text, { start: at + 1, end: keyEnd - 1 }, keys);
    at = skipSpace(text, keyEnd);
    if (text.charCodeAt(at) !== colon) return null;
    const start = skipSpace(text, at + 1);
    const end = endOfValue(text, start);
    if (end < 0) return null;
    if (key >= 0) found[key] = { start, end };
    at = skipSpace(text, end);
    const next = text.charCodeAt(at);
    if (next === closeBrace) return isEnd(text, at + 1) ? found : null;
    if (next !== comma) return null;
    at = skipSpace(text, at + 1);
  }
}

/** The value at a span, or undefined where there is none or it is not JSON. */
export function valueAt(text: string, span: Span | undefined): unknown {
  if (span === undefined) return undefined;
  try {
    return JSON.parse(text.slice(span.start, span.end)) as unknown;
  } catch {
    return undefined;
  }
}

/** Just behind the key that starts here, or -1 where none does or it does not end. */
function endOfKey(text: string, start: number): number {
  return text.charCodeAt(start) === quote ? endOfString(text, start) : -1;
}

function indexOfKey(text: string, { start, end }: Span, keys: readonly string[]): number {
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string;
    if (key.length === end - start && text.startsWith(key, start)) return index;
  }
  for (let at = start; at < end; at++) {
    if (text.charCodeAt(at) === backslash)
      return keys.indexOf(String(valueAt(text, { start: start - 1, end: end + 1 })));
  }
  return -1;
}

function isEnd(text: string, at: number): boolean {
  return skipSpace(text, at) === text.length;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
    at++;
  }
}

/** Just behind the value that starts here, or -1 where it does not end. */
function endOfValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === quote) return endOfString(text, start);
  if (first === openBrace || first === openBracket) return endOfContainer(text, start);
  return endOfScalar(text, start);
}

/** Just behind the string that starts with the quote at `start`, or -1 where it does not end. */
export function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (const limit = Math.min(at + shortString, text.length); at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code === backslash) at++;
  }
  for (;;) {
    const end = text.indexOf('"', at);
    if (end < 0) return -1;
    let before = end;
    while (before > at && text.charCodeAt(before - 1) === backslash) before--;
    if ((end - before) % 2 === 0) return end + 1;
    at = end + 1;
  }
}

function endOfContainer(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = endOfString(text, at) - 1;
      if (at < 0) return -1;
    } else if (code === openBrace || code === openBracket) depth++;
    else if (code === closeBrace || code === closeBracket) {
      depth--;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

function endOfScalar(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === comma || code === closeBrace || code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09)
      break;
  }
  return at > start ? at : -1;
}
