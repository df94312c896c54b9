import type { Envelope } from '../exchange.ts';
import { findMembers } from '../json-members.ts';

/**
 * A Chat request that asks for usage: `stream_options.include_usage` spliced into the client's own bytes, of which all
 * others stay as they are.
 *
 * @param body The bytes that the envelope was read from.
 * @returns null where it cannot be put in safely, and nothing should be changed.
 */
export function withIncludeUsage(body: Buffer, { streamOptions, membersStart, duplicates }: Envelope): Buffer | null {
  if (membersStart === null || duplicates.includes('stream_options')) return null;
  const front = { start: membersStart, end: membersStart };
  if (streamOptions === null) return spliced(body, front, `"stream_options":${asked},`);
  const text = body.toString('latin1', streamOptions.start, streamOptions.end);
  if (text === 'null') return spliced(body, streamOptions, asked);
  const [includeUsage] = findMembers(text, ['include_usage']) ?? [null];
  if (includeUsage === null) return null;
  const { start } = streamOptions;
  if (includeUsage) return spliced(body, { start: start + includeUsage.start, end: start + includeUsage.end }, 'true');
  const separator = /^\{\s*\}$/.test(text) ? '' : ',';
  return spliced(body, { start: start + 1, end: start + 1 }, `"include_usage":true${separator}`);
}

const asked = '{"include_usage":true}';

function spliced(body: Buffer, { start, end }: { start: number; end: number }, text: string): Buffer {
  return Buffer.concat([body.subarray(0, start), Buffer.from(text), body.subarray(end)]);
}
