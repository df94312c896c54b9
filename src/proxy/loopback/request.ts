import type { IncomingHttpHeaders } from 'node:http';
import type { Directives } from './directives.ts';
import type { JsonMembers } from './json-members.ts';

/** What is left of an uploaded body once it has been read: it is never held. */
export interface Upload {
  readonly bytes: number;
  /** Of the body as sent, multipart frame and all; in hexadecimal. */
  readonly sha256: string;
}

/** A request as the endpoints see it. */
export interface LoopbackRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Length of the body as sent. */
  readonly bodyBytes: number;
  /** The body's members; none where it is not JSON. */
  readonly members: JsonMembers;
  readonly upload: Upload | null;
  /** Empty where the request names none. */
  readonly model: string;
  readonly directives: Directives;
  /** Sixteen hexadecimal digits that follow from the seed and the request: ids are made of it. */
  readonly hash: string;
  readonly seed: number;
}

/** A tool that the request offers. */
export interface OfferedTool {
  readonly name: string;
  /** Its arguments' JSON schema. */
  readonly schema: unknown;
}

/** The request is not one that a provider would take; the message says why. */
export class BadRequest extends Error {}

/** The moment at which all is created that the loopback provider makes up, so that equal requests get equal bytes. */
export const createdAt = new Date('2026-01-01T00:00:00Z');
export const createdSeconds = createdAt.getTime() / 1000;
