import { chat, chunkedEvents, chunkedJson, done, event, noTokens, type Product } from './product.ts';

/** It tells its own estimate of the cost in headers, and names models as they are called upstream: https://docs.litellm.ai/docs/proxy/response_headers */
export function litellm(): Product {
  const model = 'claude-sonnet-4-6-20260217';
  const frame = { id: 'chatcmpl-litellm', created: 1_790_000_000, model };
  const usage = {
    completion_tokens: 11,
    prompt_tokens: 140,
    total_tokens: 151,
    completion_tokens_details: null,
    prompt_tokens_details: { audio_tokens: null, cached_tokens: 100 },
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 100,
  };
  const chunk = (delta: object, finish_reason?: string) => {
    const choices = [{ ...(finish_reason && { finish_reason }), index: 0, delta }];
    return event({ ...frame, object: 'chat.completion.chunk', choices });
  };
  const message = { content: 'Hello', role: 'assistant', tool_calls: null, function_call: null };
  const choices = [{ finish_reason: 'stop', index: 0, message }];
  return {
    name: 'litellm',
    ...chat,
    template: 'litellm.yaml',
    basePath: '',
    keyVariable: 'LITELLM_API_KEY',
    local: false,
    asked: 'sonnet',
    model,
    headers: ['server: uvicorn', ...chunkedJson, 'x-litellm-response-cost: 0.000585', 'x-litellm-call-id: 1'],
    plain: [JSON.stringify({ ...frame, object: 'chat.completion', choices, usage })],
    streamHeaders: ['server: uvicorn', ...chunkedEvents, 'x-litellm-call-id: 1'],
    stream: [
      chunk({ role: 'assistant', content: 'Hel' }),
      chunk({ content: 'lo' }),
      chunk({}, 'stop'),
      event({ ...frame, object: 'chat.completion.chunk', choices: [{ index: 0, delta: {} }], usage }),
      done,
    ],
    usageOnRequest: true,
    tokens: { ...noTokens, input: 40, cache_read: 100, output: 11 },
  };
}
