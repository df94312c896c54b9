import { ProxyError } from '../errors.ts';
import { backslash, closeBrace, comma, openBrace, openBracket } from './json-marks.ts';
import { notJson, skipKey, skipMark, skipSpace, skipString, skipValue } from './json-walk.ts';
import { wordsOf, type Words } from './json-string.ts';

/** A member of an object whose key was asked for, and its value's place. */
interface Member<Key extends string> {
  readonly key: Key;
  readonly start: number;
  readonly end: number;
}

interface Members<Key extends string> {
  /** Each key at most once: where one stands twice, its last value. */
  readonly found: readonly Member<Key>[];
  /** The keys that stand twice. */
  readonly repeated: readonly Key[];
  /** The offset behind the object's closing brace. */
  readonly end: number;
}

/** @param skipNested a quick way to step over an object or list, which gives 0 where it does not know */
type MemberReader<Key extends string> = (
  bytes: Buffer,
  from: number,
  skipNested?: (from: number) => number,
) => Members<Key>;

/**
 * Makes a reader of some members of a JSON object: it takes the offset of the object's opening brace, walks the whole
 * object and gives the places of those values.
 * @throws ProxyError `invalid_request` where the object cannot be walked.
 */
export function memberReader<Key extends string>(keys: readonly Key[]): MemberReader<Key> {
  const byLength: Key[][] = [];
  const none: readonly Key[] = [];
  for (const key of keys) (byLength[key.length] ??= []).push(key);

  return (bytes, from, skipNested) => {
    const found: Member<Key>[] = [];
    const repeated: Key[] = [];
    const words = wordsOf(bytes);
    let at = skipMark(bytes, from);
    if (bytes[at] === closeBrace) return { found, repeated, end: at + 1 };
    for (;;) {
      const start = skipKey(bytes, at, words);
      const isNested = bytes[start] === openBrace || bytes[start] === openBracket;
      const end = (isNested && skipNested?.(start)) || skipValue(bytes, start, words);
      const key = keyAt(bytes, at, words);
      if (key !== undefined) note({ key, start, end }, found, repeated);
      at = skipSpace(bytes, end);
      if (bytes[at] === closeBrace) return { found, repeated, end: at + 1 };
      if (bytes[at] !== comma) throw notJson(bytes, at);
      at = skipMark(bytes, at);
    }
  };

  function keyAt(bytes: Buffer, from: number, words: Words): Key | undefined {
    const end = skipString(bytes, from, words) - 1;
    const start = from + 1;
    for (let at = start; at < end; at++) if (bytes[at] === backslash) return escapedKey(bytes, from, end + 1);
    for (const key of byLength[end - start] ?? none) if (equals(bytes, start, key)) return key;
    return undefined;
  }

  /** `"mod\u0065l"` is the key `model`, and a provider will read it so. */
  function escapedKey(bytes: Buffer, from: number, end: number): Key | undefined {
    const text = textOf(bytes, from, end);
    return byLength[text.length]?.find((key) => key === text);
  }
}

/** Keeps the last of each key, so that a body of a million keys leaves no more than there are names. */
function note<Key extends string>(member: Member<Key>, found: Member<Key>[], repeated: Key[]): void {
  const earlier = found.findIndex(({ key }) => key === member.key);
  if (earlier === -1) {
    found.push(member);
    return;
  }
  found[earlier] = member;
  if (!repeated.includes(member.key)) repeated.push(member.key);
}

function equals(bytes: Buffer, from: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) if (bytes[from + index] !== text.charCodeAt(index)) return false;
  return true;
}

const plain = /^"[^\\\u0080-\u00ff]*"$/;

/** The text of a JSON string, given with its quotes. */
export function textOf(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('latin1', start, end);
  if (plain.test(text)) return text.slice(1, -1);
  try {
    return JSON.parse(bytes.toString('utf8', start, end)) as string;
  } catch (cause) {
    throw new ProxyError('invalid_request', `the request body has a broken string at byte ${start}`, { cause });
  }
}
