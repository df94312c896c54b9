import { memberInFront } from '../body-edits.ts';
import type { BodyEdit, Envelope } from '../exchange.ts';
import { findMembers } from '../json-members.ts';

/**
 * The change that has a Chat request ask for usage: `stream_options.include_usage`, spliced into the client's own bytes.
 *
 * @param body The bytes that the envelope was read from.
 * @returns null where it cannot be put in safely, and nothing should be changed.
 */
export function includeUsage(body: Buffer, { streamOptions, membersStart, duplicates }: Envelope): BodyEdit | null {
  if (membersStart === null || duplicates.includes('stream_options')) return null;
  if (streamOptions === null) return memberInFront(membersStart, `"stream_options":${asked}`);
  const text = body.toString('latin1', streamOptions.start, streamOptions.end);
  if (text === 'null') return { ...streamOptions, text: asked };
  const [flag] = findMembers(text, ['include_usage']) ?? [null];
  if (flag === null) return null;
  const { start } = streamOptions;
  if (flag) return { start: start + flag.start, end: start + flag.end, text: 'true' };
  const separator = /^\{\s*\}$/.test(text) ? '' : ',';
  return { start: start + 1, end: start + 1, text: `"include_usage":true${separator}` };
}

const asked = '{"include_usage":true}';
