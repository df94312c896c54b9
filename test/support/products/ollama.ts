import { chat, chunkedEvents, chunkedJson, done, event, noTokens, type Product } from './product.ts';

/** https://docs.ollama.com/api/openai-compatibility */
export function ollama(): Product {
  const frame = { id: 'chatcmpl-681', created: 1_790_000_000, model: 'qwen3:8b', system_fingerprint: 'fp_ollama' };
  const usage = { prompt_tokens: 26, completion_tokens: 8, total_tokens: 34 };
  const message = { role: 'assistant', content: 'Grüße', reasoning: 'A greeting.' };
  const delta = (rest: object, finish_reason: string | null) =>
    event({ ...frame, object: 'chat.completion.chunk', choices: [{ index: 0, delta: rest, finish_reason }] });
  return {
    name: 'ollama',
    ...chat,
    template: 'ollama.yaml',
    basePath: '',
    keyVariable: null,
    local: true,
    asked: 'qwen3:8b',
    model: 'qwen3:8b',
    headers: chunkedJson,
    plain: [
      JSON.stringify({
        ...frame,
        object: 'chat.completion',
        choices: [{ index: 0, message, finish_reason: 'stop' }],
        usage,
      }) + '\n',
    ],
    streamHeaders: chunkedEvents,
    stream: [
      delta({ role: 'assistant', content: '', reasoning: 'A greeting.' }, null),
      delta({ role: 'assistant', content: 'Grüße' }, null),
      delta({ role: 'assistant', content: '' }, 'stop'),
      event({ ...frame, object: 'chat.completion.chunk', choices: [], usage }),
      done,
    ],
    usageOnRequest: true,
    tokens: { ...noTokens, input: 26, output: 8 },
  };
}
