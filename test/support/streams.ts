/** Complete streams as the providers send them, one for each dialect and form; event by event. */
export interface StreamFixture {
  readonly name: string;
  readonly provider: string;
  readonly path: string;
  readonly body: string;
  readonly contentType: string;
  readonly events: readonly string[];
  /** Whether these bytes from the stream's beginning are all of it. */
  readonly isComplete: (bytes: number, total: number) => boolean;
  /** What an error of ours in the stream begins with. */
  readonly errorMark: string;
}

const sse = (name: string, data: object): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const unnamed = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;
const whole = (bytes: number, total: number): boolean => bytes === total;

const chatChunk = (rest: object): string =>
  unnamed({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-6.1-sol', ...rest });
const chatFinish = chatChunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
const chatEvents = [
  chatChunk({ choices: [{ index: 0, delta: { role: 'assistant', content: 'Grüße' }, finish_reason: null }] }),
  chatChunk({ choices: [{ index: 0, delta: { content: '"finish_reason":"stop" [DONE] €' }, finish_reason: null }] }),
  chatFinish,
  chatChunk({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } }),
  'data: [DONE]\n\n',
];
/** A Chat stream is complete from its finish reason on. */
const chatCompleteFrom = Buffer.byteLength(chatEvents.slice(0, 3).join(''));

const geminiParts = [
  {
    candidates: [{ content: { parts: [{ text: 'Hal' }], role: 'model' }, index: 0 }],
    usageMetadata: { promptTokenCount: 3 },
  },
  {
    candidates: [
      { content: { parts: [{ text: 'lo "finishReason": "STOP"' }], role: 'model' }, finishReason: 'STOP', index: 0 },
    ],
    usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 },
    modelVersion: 'gemini-3.5-flash',
  },
];

export const streamFixtures: readonly StreamFixture[] = [
  {
    name: 'anthropic',
    provider: 'anthropic',
    path: '/v1/messages',
    body: '{"model":"claude-opus-5-5","max_tokens":9,"stream":true,"messages":[]}',
    contentType: 'text/event-stream; charset=utf-8',
    events: [
      sse('message_start', {
        type: 'message_start',
        message: { id: 'msg_1', model: 'claude-opus-5-5', content: [], usage: { input_tokens: 10, output_tokens: 1 } },
      }),
      sse('ping', { type: 'ping' }),
      sse('content_block_start', { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
      sse('content_block_delta', {
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'text_delta', text: 'Grüße "message_stop" €' },
      }),
      sse('content_block_stop', { type: 'content_block_stop', index: 0 }),
      sse('message_delta', { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } }),
      sse('message_stop', { type: 'message_stop' }),
    ],
    isComplete: whole,
    errorMark: 'event: error\ndata: {"type":"error"',
  },
  {
    name: 'chat',
    provider: 'local',
    path: '/local/v1/chat/completions',
    body: '{"model":"gpt-6.1-sol","stream":true,"stream_options":{"include_usage":true},"messages":[]}',
    contentType: 'text/event-stream',
    events: chatEvents,
    isComplete: (bytes) => bytes >= chatCompleteFrom,
    errorMark: 'data: {"error":{"message"',
  },
  {
    name: 'responses',
    provider: 'openai',
    path: '/v1/responses',
    body: '{"model":"gpt-6.1-sol","stream":true,"input":"hi"}',
    contentType: 'text/event-stream',
    events: [
      sse('response.created', { type: 'response.created', sequence_number: 0, response: { id: 'resp_1' } }),
      sse('response.output_text.delta', {
        type: 'response.output_text.delta',
        sequence_number: 1,
        delta: 'Grüße "type":"response.completed"',
      }),
      sse('response.completed', {
        type: 'response.completed',
        sequence_number: 2,
        response: {
          id: 'resp_1',
          model: 'gpt-6.1-sol',
          status: 'completed',
          usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
        },
      }),
    ],
    isComplete: whole,
    errorMark: 'event: response.failed\ndata: {"type":"response.failed"',
  },
  {
    name: 'gemini events',
    provider: 'gemini',
    path: '/v1beta/models/gemini-3.5-flash:streamGenerateContent?alt=sse',
    body: '{"contents":[]}',
    contentType: 'text/event-stream',
    events: geminiParts.map((part) => `data: ${JSON.stringify(part)}\r\n\r\n`),
    // The blank line's LF alone still makes it one.
    isComplete: (bytes, total) => bytes >= total - 1,
    errorMark: 'data: {"error":{"code"',
  },
  {
    name: 'gemini array',
    provider: 'gemini',
    path: '/v1beta/models/gemini-3.5-flash:streamGenerateContent',
    body: '{"contents":[]}',
    contentType: 'application/json; charset=UTF-8',
    events: [`[${JSON.stringify(geminiParts[0], null, 1)}`, `,\r\n${JSON.stringify(geminiParts[1], null, 1)}`, ']'],
    isComplete: whole,
    errorMark: ',{"error":{"code"',
  },
];
