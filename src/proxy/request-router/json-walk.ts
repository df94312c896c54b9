import { ProxyError } from '../errors.ts';

const space = 0x20;
export const quote = 0x22;
export const comma = 0x2c;
const minus = 0x2d;
const colon = 0x3a;
export const openBracket = 0x5b;
export const backslash = 0x5c;
export const closeBracket = 0x5d;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;

/** A quote that is nearer than this is found sooner by a loop than by a call of `indexOf`. */
const shortString = 12;
const literals: ReadonlyMap<number, Buffer> = new Map(
  ['true', 'false', 'null'].map((word) => [word.charCodeAt(0), Buffer.from(word)]),
);

/**
 * Steps over JSON (RFC 8259) in a buffer without building it. Each function takes the offset of something and gives the
 * offset behind it. Structure is checked without exception: nesting, commas, colons, quotes, ends. What only a parser of
 * values can judge is left to the provider: digits in their order, escapes, UTF-8.
 */
export function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const byte = bytes[at];
    if (byte !== space && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at++;
  }
}

export function skipString(bytes: Buffer, from: number): number {
  if (bytes[from] !== quote) throw notJson(bytes, from);
  let at = from;
  do {
    at = nextQuote(bytes, at + 1);
  } while (bytes[at - 1] === backslash && isEscaped(bytes, from, at));
  return at + 1;
}

function nextQuote(bytes: Buffer, from: number): number {
  const limit = Math.min(from + shortString, bytes.length);
  for (let at = from; at < limit; at++) if (bytes[at] === quote) return at;
  const at = bytes.indexOf(quote, limit);
  if (at === -1) throw notJson(bytes, bytes.length);
  return at;
}

/** Whether an odd number of backslashes stands before the quote at `at`, in the string that begins at `from`. */
function isEscaped(bytes: Buffer, from: number, at: number): boolean {
  let first = at;
  while (first > from && bytes[first - 1] === backslash) first--;
  return (at - first) % 2 === 1;
}

/** From a bracket, comma or colon to what follows it. */
export function skipMark(bytes: Buffer, from: number): number {
  return skipSpace(bytes, from + 1);
}

/** From a key to its value. */
export function skipKey(bytes: Buffer, from: number): number {
  const at = skipSpace(bytes, skipString(bytes, from));
  if (bytes[at] !== colon) throw notJson(bytes, at);
  return skipMark(bytes, at);
}

export function skipValue(bytes: Buffer, from: number): number {
  const first = bytes[from];
  if (first === quote) return skipString(bytes, from);
  return first === openBrace || first === openBracket ? skipNested(bytes, from) : skipScalar(bytes, from);
}

function skipScalar(bytes: Buffer, from: number): number {
  const literal = literals.get(bytes[from] ?? space);
  if (literal) {
    for (let index = 1; index < literal.length; index++) {
      if (bytes[from + index] !== literal[index]) throw notJson(bytes, from + index);
    }
    return from + literal.length;
  }
  let at = from;
  while (isOfNumber(bytes[at])) at++;
  const first = bytes[from] === minus ? from + 1 : from;
  if (!isDigit(bytes[first])) throw notJson(bytes, first);
  if (!isDigit(bytes[at - 1])) throw notJson(bytes, at);
  return at;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isOfNumber(byte: number | undefined): boolean {
  return isDigit(byte) || byte === minus || byte === 0x2e || byte === 0x65 || byte === 0x45 || byte === 0x2b;
}

function skipNested(bytes: Buffer, from: number): number {
  const nesting = new Nesting();
  let at = from;
  for (;;) {
    const first = bytes[at];
    if (first === openBrace || first === openBracket) {
      nesting.enter(first === openBrace);
      at = skipMark(bytes, at);
      if (bytes[at] !== nesting.closer) {
        if (nesting.inObject) at = skipKey(bytes, at);
        continue;
      }
    } else {
      at = skipSpace(bytes, first === quote ? skipString(bytes, at) : skipScalar(bytes, at));
    }
    while (bytes[at] === nesting.closer) {
      at++;
      if (nesting.leave()) return at;
      at = skipSpace(bytes, at);
    }
    if (bytes[at] !== comma) throw notJson(bytes, at);
    at = skipMark(bytes, at);
    if (nesting.inObject) at = skipKey(bytes, at);
  }
}

/** Which brackets are open: a bit each, so that a body of nothing but brackets costs little memory and no stack. */
class Nesting {
  inObject = false;
  closer = closeBracket;
  #depth = 0;
  #innermost = 0;
  readonly #outer: number[] = [];

  enter(isObject: boolean): void {
    if (this.#depth > 0 && this.#depth % bitsPerWord === 0) {
      this.#outer.push(this.#innermost);
      this.#innermost = 0;
    }
    this.#depth++;
    this.#innermost = (this.#innermost << 1) | (isObject ? 1 : 0);
    this.#look();
  }

  /** Gives whether nothing is open any more. */
  leave(): boolean {
    this.#depth--;
    this.#innermost >>= 1;
    if (this.#depth > 0 && this.#depth % bitsPerWord === 0) this.#innermost = this.#outer.pop() ?? 0;
    this.#look();
    return this.#depth === 0;
  }

  #look(): void {
    this.inObject = (this.#innermost & 1) === 1;
    this.closer = this.inObject ? closeBrace : closeBracket;
  }
}

/** Small integers of V8 have 31 bits, one of them for the sign. */
const bitsPerWord = 30;

/** The error for a body that cannot be walked. It names the place and never what stands there. */
export function notJson(bytes: Buffer, at: number): ProxyError {
  const what = at >= bytes.length ? `ends too soon, at byte ${bytes.length}` : `is broken at byte ${at}`;
  return new ProxyError('invalid_request', `the request body is not valid JSON: it ${what}`);
}
