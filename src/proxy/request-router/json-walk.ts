import { ProxyError } from '../errors.ts';
import * as marks from './json-marks.ts';
import { closingQuote, type Words } from './json-string.ts';

// An imported or exported constant is looked up each time, and these are needed for every byte between two strings.
const { space, quote, comma, minus, colon, openBracket, closeBracket, openBrace, closeBrace } = marks;

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

export function skipString(bytes: Buffer, from: number, words: Words): number {
  if (bytes[from] !== quote) throw notJson(bytes, from);
  const end = closingQuote(bytes, from, words);
  if (end === -1) throw notJson(bytes, bytes.length);
  return end + 1;
}

/** From a bracket, comma or colon to what follows it. */
export function skipMark(bytes: Buffer, from: number): number {
  return skipSpace(bytes, from + 1);
}

/** From a key to its value. */
export function skipKey(bytes: Buffer, from: number, words: Words): number {
  const at = skipSpace(bytes, skipString(bytes, from, words));
  if (bytes[at] !== colon) throw notJson(bytes, at);
  return skipMark(bytes, at);
}

export function skipValue(bytes: Buffer, from: number, words: Words): number {
  const first = bytes[from];
  if (first === quote) return skipString(bytes, from, words);
  return first === openBrace || first === openBracket ? skipNested(bytes, from, words) : skipScalar(bytes, from);
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

/** Walks an object or a list: here most of the time goes that the whole request takes. */
function skipNested(bytes: Buffer, from: number, words: Words): number {
  const nesting = new Nesting();
  let at = from;
  for (;;) {
    const first = bytes[at];
    if (first === openBrace || first === openBracket) {
      nesting.enter(first === openBrace);
      at = skipMark(bytes, at);
      if (bytes[at] !== nesting.closer) {
        if (nesting.closer === closeBrace) at = skipKey(bytes, at, words);
        continue;
      }
    } else {
      at = skipSpace(bytes, first === quote ? skipString(bytes, at, words) : skipScalar(bytes, at));
    }
    while (bytes[at] === nesting.closer) {
      at++;
      if (nesting.leave()) return at;
      at = skipSpace(bytes, at);
    }
    if (bytes[at] !== comma) throw notJson(bytes, at);
    at = skipMark(bytes, at);
    if (nesting.closer === closeBrace) at = skipKey(bytes, at, words);
  }
}

/** Which brackets are open: a bit each, so that a body of nothing but brackets costs little memory and no stack. */
class Nesting {
  /** Of the innermost. */
  closer = closeBracket;
  /** The lowest bit stands for the innermost bracket; the highest that is set, for the end. */
  #open = 1;
  readonly #outer: number[] = [];

  enter(isObject: boolean): void {
    if (this.#open > maxOpen) {
      this.#outer.push(this.#open);
      this.#open = 1;
    }
    this.#open = (this.#open << 1) | (isObject ? 1 : 0);
    this.closer = isObject ? closeBrace : closeBracket;
  }

  /** Gives whether nothing is open any more. */
  leave(): boolean {
    this.#open >>= 1;
    if (this.#open === 1) {
      const outer = this.#outer.pop();
      if (outer === undefined) return true;
      this.#open = outer;
    }
    this.closer = (this.#open & 1) === 1 ? closeBrace : closeBracket;
    return false;
  }
}

/** Small integers of V8 have 31 bits, one of them for the sign. */
const maxOpen = 2 ** 28;

/** The error for a body that cannot be walked. It names the place and never what stands there. */
export function notJson(bytes: Buffer, at: number): ProxyError {
  const what = at >= bytes.length ? `ends too soon, at byte ${bytes.length}` : `is broken at byte ${at}`;
  return new ProxyError('invalid_request', `the request body is not valid JSON: it ${what}`);
}
