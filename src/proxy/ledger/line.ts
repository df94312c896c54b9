import { crc32 } from 'node:zlib';
import { isObject, type JsonObject } from '../json.ts';

const formatVersion = 1;
const checksum = /,"crc":"([0-9a-f]{8})"\}$/;
/** `,"crc":"xxxxxxxx"}` */
const checksumBytes = 18;
const carriageReturn = 0x0d;

/** What a line says. Kinds that this version does not know are read too, and pass. */
export type LineType = 'start' | 'end' | 'correction' | 'budget';

/** One line as read: its members by their names in the file. */
export interface Line {
  /** Counts up within one process, over all its segments. */
  readonly seq: number;
  readonly type: string;
  readonly members: JsonObject;
}

/**
 * One line of the ledger, with its line feed: `{"v":1,"seq":N,"type":T,…,"crc":C}`, where C is the CRC-32 of all that
 * stands before `,"crc"`, in eight hexadecimal digits (https://nodejs.org/api/zlib.html#zlibcrc32data-value).
 *
 * @param members JSON members without braces, at least one
 */
export function formatLine(seq: number, type: LineType, members: string): string {
  const checked = openLine(seq, type, members);
  return checked + checksumOf(crc32(checked));
}

/** The same up to its checksum, for who writes it into a buffer and seals it there. */
export function openLine(seq: number, type: LineType, members: string): string {
  return `{"v":${formatVersion},"seq":${seq},"type":"${type}",${members}`;
}

/** Writes the checksum and the line feed behind an open line that stands in `bytes`; there must be room. Gives the line's end. */
export function sealLine(bytes: Buffer, start: number, end: number): number {
  const crc = crc32(bytes.subarray(start, end));
  bytes.set(emptySeal, end);
  for (let digit = 0; digit < crcDigits; digit++) {
    bytes[end + crcAt + digit] = hexDigits.charCodeAt((crc >>> (4 * (crcDigits - 1 - digit))) & 0xf);
  }
  return end + emptySeal.length;
}

const hexDigits = '0123456789abcdef';
const crcDigits = 8;
const emptySeal = Buffer.from(checksumOf(0), 'latin1');
/** Where the digits begin behind `,"crc":"`. */
const crcAt = 8;

function checksumOf(crc: number): string {
  return `,"crc":"${crc.toString(16).padStart(8, '0')}"}\n`;
}

/** Whether the bytes, without their line feed, are a whole line: a carriage return at the end is let pass. */
export function isWhole(bytes: Buffer): boolean {
  const end = lengthOf(bytes);
  if (end <= checksumBytes) return false;
  const stated = checksum.exec(bytes.toString('latin1', end - checksumBytes, end))?.[1];
  return stated !== undefined && parseInt(stated, 16) === crc32(bytes.subarray(0, end - checksumBytes));
}

/** Reads one line, given without its line feed; null where it is damaged or of a format that this version cannot read. */
export function readLine(bytes: Buffer): Line | null {
  if (!isWhole(bytes)) return null;
  let members: unknown;
  try {
    members = JSON.parse(bytes.toString('utf8', 0, lengthOf(bytes)));
  } catch {
    return null;
  }
  if (!isObject(members) || members['v'] !== formatVersion) return null;
  const { seq, type } = members;
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 0 || typeof type !== 'string') return null;
  return { seq, type, members };
}

function lengthOf(bytes: Buffer): number {
  return bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length;
}
