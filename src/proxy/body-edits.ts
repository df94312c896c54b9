import { ProxyError } from './errors.ts';
import type { BodyEdit, EditFor, RequestBody, Target } from './exchange.ts';

/** A body with the changes that a target needs; all other bytes stay as they are. The same body where it needs none. */
export function withEdits(body: RequestBody, edits: readonly EditFor[], target: Target): RequestBody {
  const due = edits.map((editFor) => editFor(target)).filter((edit) => edit !== null);
  if (due.length === 0) return body;
  if (body.kind !== 'bytes') throw new ProxyError('unsupported_media', 'a body that is not JSON cannot be changed');
  // Inserted at one place, they stand in the order in which they were made: the sort is stable.
  due.sort((one, other) => one.start - other.start);
  const pieces: Buffer[] = [];
  let end = 0;
  for (const edit of due) {
    pieces.push(body.bytes.subarray(end, edit.start), Buffer.from(edit.text));
    end = edit.end;
  }
  pieces.push(body.bytes.subarray(end));
  return { kind: 'bytes', bytes: Buffer.concat(pieces) };
}

/** Puts a member in front of all others of the body's object. */
export function memberInFront(membersStart: number, member: string): BodyEdit {
  return { start: membersStart, end: membersStart, text: `${member},` };
}
