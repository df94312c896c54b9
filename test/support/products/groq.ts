import { chat, chunkedEvents, chunkedJson, done, event, noTokens, type Product } from './product.ts';

/** Its streams tell the usage in a member of Groq's own, on the chunk that finishes: https://console.groq.com/docs/api-reference */
export function groq(): Product {
  const model = 'llama-3.3-70b-versatile';
  const frame = { id: 'chatcmpl-groq', created: 1_790_000_000, model, system_fingerprint: 'fp_10c08bf97d' };
  const usage = {
    queue_time: 0.061348671,
    prompt_tokens: 18,
    prompt_time: 0.000211569,
    completion_tokens: 9,
    completion_time: 0.798181818,
    total_tokens: 27,
    total_time: 0.798393387,
  };
  const chunk = (delta: object, finish_reason: string | null, more = {}) => {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason }];
    return event({ ...frame, object: 'chat.completion.chunk', choices, ...more });
  };
  const choices = [
    { index: 0, message: { role: 'assistant', content: 'Hello' }, logprobs: null, finish_reason: 'stop' },
  ];
  const whole = { ...frame, object: 'chat.completion', choices, usage, usage_breakdown: null };
  return {
    name: 'groq',
    ...chat,
    template: 'groq.yaml',
    basePath: '/openai/v1',
    keyVariable: 'GROQ_API_KEY',
    local: false,
    asked: model,
    model,
    headers: [...chunkedJson, 'x-groq-region: fra', 'x-ratelimit-remaining-tokens: 5999'],
    plain: [JSON.stringify({ ...whole, x_groq: { id: 'req_01' }, service_tier: 'on_demand' }) + '\n'],
    streamHeaders: [...chunkedEvents, 'x-groq-region: fra'],
    stream: [
      chunk({ role: 'assistant', content: '' }, null, { x_groq: { id: 'req_01' } }),
      chunk({ content: 'Hello' }, null),
      chunk({}, 'stop', { x_groq: { id: 'req_01', usage } }),
      done,
    ],
    usageOnRequest: false,
    tokens: { ...noTokens, input: 18, output: 9 },
  };
}
