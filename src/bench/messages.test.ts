import { describe, expect, it } from 'vitest';
import { httpRequest, messagesBody, type ReplyKind } from './messages.ts';
import { askedReply, tailBytes } from './replies.ts';

describe('a request body', () => {
  it.each([1024, 200 * 1024, 1024 * 1024])('of %i bytes has just that size and is a valid message', (bytes) => {
    const body = messagesBody(bytes, 'plain');
    expect(body).toHaveLength(bytes);
    const { model, messages, stream } = JSON.parse(body.toString()) as Record<string, unknown>;
    expect(model).toBe('claude-haiku-4-5');
    expect(stream).toBe(false);
    expect((messages as { role: string }[]).map(({ role }) => role).slice(0, 1)).toEqual(['user']);
  });

  it('that is large alternates between user and assistant, with a result to each tool call', () => {
    const { messages } = JSON.parse(messagesBody(50_000, 'plain').toString()) as {
      messages: { role: string; content: string | { type: string; id?: string; tool_use_id?: string }[] }[];
    };
    const blocks = messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content));
    const calls = blocks.filter(({ type }) => type === 'tool_use').map(({ id }) => id);
    expect(calls.length).toBeGreaterThan(10);
    expect(blocks.filter(({ type }) => type === 'tool_result').map((block) => block.tool_use_id)).toEqual(calls);
  });

  it('that is too small to be one is refused', () => {
    expect(() => messagesBody(100, 'plain')).toThrow(RangeError);
  });

  it.each<ReplyKind>(['plain', 'stream', { pacedEvents: 200 }])(
    'tells the mock by its end that it asks for %j',
    (reply) => {
      const body = messagesBody(1024, reply);
      expect(askedReply(body.subarray(-tailBytes).toString())).toEqual(reply);
    },
  );
});

describe('a request', () => {
  it('states its length', () => {
    const body = messagesBody(1024, 'plain');
    const request = httpRequest(body, 8080).toString();
    expect(request).toMatch(/^POST \/v1\/messages HTTP\/1\.1\r\nHost: 127\.0\.0\.1:8080\r\n/);
    expect(request).toContain('\r\nContent-Length: 1024\r\n');
    expect(request.endsWith(`\r\n\r\n${body.toString()}`)).toBe(true);
  });
});
