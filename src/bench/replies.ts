import type { ReplyKind } from './messages.ts';

const headers = [
  'Date: Sun, 22 Nov 2026 12:00:00 GMT',
  'request-id: req_011CTbench',
  'anthropic-organization-id: 00000000-0000-4000-8000-000000000000',
  'anthropic-ratelimit-requests-limit: 4000',
  'anthropic-ratelimit-requests-remaining: 3999',
  'anthropic-ratelimit-tokens-limit: 400000',
  'anthropic-ratelimit-tokens-remaining: 399000',
  'Server: mock',
];

function head(contentType: string, framing: string, status = '200 OK'): string {
  return [`HTTP/1.1 ${status}`, `Content-Type: ${contentType}`, framing, ...headers, '', ''].join('\r\n');
}

const usage = { input_tokens: 210, cache_creation_input_tokens: 64, cache_read_input_tokens: 1024, output_tokens: 120 };
const message = { id: 'msg_bench', type: 'message', role: 'assistant', model: 'claude-haiku-4-5' };

/** A whole answer with a body of about 1 KB. */
export function plainReply(): Buffer {
  const text = 'The total is computed once for all rows and handed on as a number. '.repeat(9);
  const content = [{ type: 'text', text }];
  const stop = { stop_reason: 'end_turn', stop_sequence: null };
  const body = JSON.stringify({ ...message, content, ...stop, usage });
  return Buffer.from(head('application/json', `Content-Length: ${Buffer.byteLength(body)}`) + body);
}

/**
 * A request that the provider finds wrong (https://docs.claude.com/en/api/errors). It is the client's fault, so no
 * circuit breaker and no failover answers to it.
 */
export function refusal(): Buffer {
  const error = { type: 'invalid_request_error', message: 'messages: the benchmark asked for an error' };
  const body = JSON.stringify({ type: 'error', error, request_id: 'req_011CTbench' });
  return Buffer.from(head('application/json', `Content-Length: ${body.length}`, '400 Bad Request') + body);
}

/** One server-sent event as one chunk of a chunked body. */
function event(type: string, fields: object): string {
  const text = `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

/** The parts of a streamed answer, each ready to be written. */
export interface StreamParts {
  /** The head and the events that come before the first text. */
  readonly opening: Buffer;
  /** One event with a few words of text. */
  readonly delta: Buffer;
  /** The last events and the end of the body. */
  readonly closing: Buffer;
}

export function streamParts(): StreamParts {
  const start = { ...message, content: [], usage: { ...usage, output_tokens: 1 } };
  return {
    opening: Buffer.from(
      head('text/event-stream; charset=utf-8', 'Transfer-Encoding: chunked') +
        event('message_start', { message: start }) +
        event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ),
    delta: Buffer.from(
      event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'A few words more, ' } }),
    ),
    closing: Buffer.from(
      event('content_block_stop', { index: 0 }) +
        event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage }) +
        event('message_stop', {}) +
        '0\r\n\r\n',
    ),
  };
}

/** How many events a stream that is not paced brings between its opening and its closing. */
export const burstEvents = 20;

/** All bytes of the answer to a request of this kind. */
export function wholeReply(reply: ReplyKind): Buffer {
  if (reply === 'plain') return plainReply();
  if (reply === 'refused') return refusal();
  const { opening, delta, closing } = streamParts();
  const events = reply === 'stream' ? burstEvents : reply.pacedEvents;
  return Buffer.concat([opening, ...Array.from({ length: events }, () => delta), closing]);
}

/** How many bytes from the end of a request body `askedReply` needs. */
export const tailBytes = 64;

/** Which answer a request asks for, told from the last bytes of its body as `messagesBody` writes them. */
export function askedReply(bodyTail: string): ReplyKind {
  if (bodyTail.endsWith('"refused"},"stream":false}')) return 'refused';
  if (!bodyTail.endsWith('"stream":true}')) return 'plain';
  const paced = /"paced-(\d+)"\},"stream":true\}$/.exec(bodyTail);
  return paced ? { pacedEvents: Number(paced[1]) } : 'stream';
}
