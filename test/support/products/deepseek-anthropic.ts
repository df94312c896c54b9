import { chunkedJson, noTokens, type Product } from './product.ts';

function event(type: string, data: object = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}

/** DeepSeek's other address, for clients of Anthropic: https://api-docs.deepseek.com/guides/anthropic_api */
export function deepseekAnthropic(): Product {
  const model = 'deepseek-reasoner';
  const usage = { input_tokens: 64, cache_creation_input_tokens: 0, cache_read_input_tokens: 256, output_tokens: 30 };
  const message = { id: '00f10ecd', type: 'message', role: 'assistant', model, stop_sequence: null };
  const content = [
    { type: 'thinking', thinking: 'Let me think.', signature: '00f10ecd' },
    { type: 'text', text: 'Hello' },
  ];
  const begun = { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 0 } };
  return {
    name: 'deepseek-anthropic',
    path: '/v1/messages',
    dialect: 'anthropic-messages',
    template: 'deepseek.yaml',
    basePath: '/anthropic',
    keyVariable: 'DEEPSEEK_API_KEY',
    local: false,
    asked: model,
    model,
    headers: chunkedJson,
    plain: [JSON.stringify({ ...message, content, stop_reason: 'end_turn', usage })],
    streamHeaders: ['content-type: text/event-stream; charset=utf-8', 'Transfer-Encoding: chunked'],
    stream: [
      event('message_start', { message: begun }),
      event('ping'),
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Hello' } }),
      event('content_block_stop', { index: 0 }),
      event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage }),
      event('message_stop'),
    ],
    usageOnRequest: false,
    tokens: { ...noTokens, input: 64, cache_read: 256, output: 30 },
  };
}
