import { chat, chunkedJson, done, event, noTokens, type Product } from './product.ts';

/** With `continuous_usage_stats` each of its chunks has the usage so far: https://docs.vllm.ai/en/latest/serving/openai_compatible_server */
export function vllm(): Product {
  const model = 'Qwen/Qwen3-8B';
  const frame = { id: 'chatcmpl-vllm', created: 1_790_000_000, model };
  const usage = (completion_tokens: number) => {
    const details = { prompt_tokens_details: null };
    return { usage: { prompt_tokens: 31, total_tokens: 31 + completion_tokens, completion_tokens, ...details } };
  };
  const chunk = (delta: object, finish_reason: string | null, so_far: number) => {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason, stop_reason: null, token_ids: null }];
    return event({ ...frame, object: 'chat.completion.chunk', choices, ...usage(so_far) });
  };
  const message = { role: 'assistant', content: 'Hello', refusal: null, reasoning_content: 'Hm.', tool_calls: [] };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop', stop_reason: null }];
  const more = { service_tier: null, prompt_logprobs: null, kv_transfer_params: null };
  return {
    name: 'vllm',
    ...chat,
    template: 'vllm.yaml',
    basePath: '',
    keyVariable: null,
    local: true,
    asked: model,
    model,
    headers: ['server: uvicorn', ...chunkedJson],
    plain: [JSON.stringify({ ...frame, object: 'chat.completion', choices, ...more, ...usage(7) })],
    streamHeaders: ['server: uvicorn', 'content-type: text/event-stream; charset=utf-8', 'Transfer-Encoding: chunked'],
    stream: [
      chunk({ role: 'assistant', content: '' }, null, 0),
      chunk({ reasoning_content: 'Hm.' }, null, 3),
      chunk({ content: 'Hello' }, 'stop', 7),
      event({ ...frame, object: 'chat.completion.chunk', choices: [], ...usage(7) }),
      done,
    ],
    usageOnRequest: true,
    tokens: { ...noTokens, input: 31, output: 7 },
  };
}
