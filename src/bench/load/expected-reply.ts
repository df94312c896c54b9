import type { ReplyKind } from '../messages.ts';
import { wholeReply } from '../replies.ts';
import { createReplyReader } from './reply-reader.ts';

interface Expected {
  readonly status: number;
  readonly bodyBytes: number;
}

/** What the mock gives to a request of this kind. */
export function expectedReply(reply: ReplyKind): Expected {
  let expected: Expected = { status: 0, bodyBytes: 0 };
  createReplyReader({ end: (status, bodyBytes) => void (expected = { status, bodyBytes }) })(wholeReply(reply));
  return expected;
}

/** Makes a check that throws unless a reply is the one that the mock gives: its status and a body of that length. */
export function expectReply(reply: ReplyKind): (status: number, bodyBytes: number) => void {
  const expected = expectedReply(reply);
  return (status, bodyBytes) => {
    if (status === expected.status && bodyBytes === expected.bodyBytes) return;
    throw new Error(
      `a reply with status ${status} and ${bodyBytes} bytes; expected ${expected.status} and ${expected.bodyBytes} bytes`,
    );
  };
}
