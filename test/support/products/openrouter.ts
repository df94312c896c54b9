import { chat, chunkedEvents, chunkedJson, done, event, noTokens, type Product } from './product.ts';

/** Its streams begin with comments, and tell the usage behind the finish, on a chunk that has a choice: https://openrouter.ai/docs/api/reference/streaming */
export function openrouter(): Product {
  const model = 'deepseek/deepseek-chat-v3.1';
  const frame = { id: 'gen-1790000000-AbC', provider: 'DeepInfra', model };
  const usage = {
    prompt_tokens: 1200,
    completion_tokens: 52,
    total_tokens: 1252,
    cost: 0.00036531,
    is_byok: false,
    prompt_tokens_details: { cached_tokens: 200, audio_tokens: 0, video_tokens: 0 },
    cost_details: { upstream_inference_cost: null, upstream_inference_prompt_cost: 0.0000036 },
    completion_tokens_details: { reasoning_tokens: 12, image_tokens: 0 },
  };
  const finished = { logprobs: null, finish_reason: 'stop', native_finish_reason: 'stop' };
  const going = { logprobs: null, finish_reason: null, native_finish_reason: null };
  const chunk = (delta: object, state: object, more = {}) => {
    const choices = [{ index: 0, delta: { role: 'assistant', ...delta }, ...state }];
    return event({ ...frame, object: 'chat.completion.chunk', created: 1_790_000_000, choices, ...more });
  };
  const message = { role: 'assistant', content: 'Hello', refusal: null, reasoning: 'Hm.' };
  return {
    name: 'openrouter',
    ...chat,
    template: 'openrouter.yaml',
    basePath: '/api/v1',
    keyVariable: 'OPENROUTER_API_KEY',
    local: false,
    asked: 'deepseek/deepseek-chat',
    model,
    headers: [...chunkedJson, 'X-Generation-Id: gen-1790000000-AbC'],
    // Blank lines keep the connection alive while the model works.
    plain: [
      '\n         ',
      '\n         \n',
      JSON.stringify({ ...frame, object: 'chat.completion', choices: [{ ...finished, index: 0, message }], usage }),
    ],
    streamHeaders: [...chunkedEvents, 'X-Generation-Id: gen-1790000000-AbC'],
    stream: [
      ': OPENROUTER PROCESSING\n\n',
      ': OPENROUTER PROCESSING\n\n',
      chunk({ content: '', reasoning: 'Hm.', reasoning_details: [{ type: 'reasoning.text', text: 'Hm.' }] }, going),
      chunk({ content: 'Hello' }, going),
      chunk({ content: '' }, finished),
      chunk({ content: '' }, going, { usage }),
      done,
    ],
    usageOnRequest: false,
    tokens: { ...noTokens, input: 1000, cache_read: 200, output: 52, reasoning: 12 },
  };
}
