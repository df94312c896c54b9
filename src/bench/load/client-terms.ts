import type { ReplyKind } from '../messages.ts';
import { openConnection, type Connection } from './connection.ts';
import { expectReply } from './expected-reply.ts';
import { createPeerConnection } from './peer-connection.ts';

/** What a gateway that is not ours wants of its clients. */
export interface ClientTerms {
  /** Further headers, as `Name: value`. */
  readonly headers: readonly string[];
  /** Its answers may be other bytes than the mock's: only their status counts. */
  readonly rewrites: boolean;
}

type Check = (status: number, bodyBytes: number) => void;

/** Under terms, a connection may be closed behind any answer, and the next request opens another. */
export function connectUnder(terms: ClientTerms | undefined, port: number): Promise<Connection> {
  return terms === undefined ? openConnection(port) : Promise.resolve(createPeerConnection(port));
}

export function headersUnder(terms: ClientTerms | undefined): readonly string[] {
  return terms?.headers ?? [];
}

/** Makes a check that throws unless a reply is what is due. */
export function expectUnder(terms: ClientTerms | undefined, reply: ReplyKind): Check {
  if (!terms?.rewrites) return expectReply(reply);
  return (status, bodyBytes) => {
    if (status !== 200 || bodyBytes === 0) throw new Error(`a reply with status ${status} and ${bodyBytes} bytes`);
  };
}
