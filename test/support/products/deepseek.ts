import { chat, chunkedJson, done, event, noTokens, type Product } from './product.ts';

/** It keeps slow connections alive by blank lines and comments, and tells the usage on the chunk that finishes: https://api-docs.deepseek.com */
export function deepseek(): Product {
  const model = 'deepseek-reasoner';
  const frame = { id: '00f10ecd', created: 1_790_000_000, model, system_fingerprint: 'fp_eaab8d114b' };
  const usage = {
    prompt_tokens: 320,
    completion_tokens: 300,
    total_tokens: 620,
    prompt_tokens_details: { cached_tokens: 256 },
    completion_tokens_details: { reasoning_tokens: 280 },
    prompt_cache_hit_tokens: 256,
    prompt_cache_miss_tokens: 64,
  };
  const chunk = (delta: object, finish_reason: string | null, more = {}) => {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason }];
    return event({ ...frame, object: 'chat.completion.chunk', choices, ...more });
  };
  const message = { role: 'assistant', content: 'Hello', reasoning_content: 'Let me think.' };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }];
  return {
    name: 'deepseek',
    ...chat,
    template: 'deepseek.yaml',
    basePath: '',
    keyVariable: 'DEEPSEEK_API_KEY',
    local: false,
    asked: model,
    model,
    headers: chunkedJson,
    plain: ['\n', '\n', JSON.stringify({ ...frame, object: 'chat.completion', choices, usage })],
    streamHeaders: ['content-type: text/event-stream; charset=utf-8', 'Transfer-Encoding: chunked'],
    stream: [
      ': keep-alive\n\n',
      chunk({ role: 'assistant', content: null, reasoning_content: 'Let me think.' }, null, { usage: null }),
      ': keep-alive\n\n',
      chunk({ content: 'Hello', reasoning_content: null }, null, { usage: null }),
      chunk({ content: '', reasoning_content: null }, 'stop', { usage }),
      done,
    ],
    usageOnRequest: false,
    tokens: { ...noTokens, input: 64, cache_read: 256, output: 300, reasoning: 280 },
  };
}
