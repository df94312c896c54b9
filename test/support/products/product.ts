/** What one product answers, byte for byte, and what a record should say of it. */
export interface Product {
  readonly name: string;
  /** Its template, and what its base URL has behind the host. */
  readonly template: string;
  readonly basePath: string;
  readonly path: '/v1/chat/completions' | '/v1/messages';
  readonly dialect: 'openai-chat' | 'anthropic-messages';
  /** The variable that holds its key; null where it needs none. */
  readonly keyVariable: string | null;
  readonly local: boolean;
  readonly asked: string;
  /** The model as the answers name it. */
  readonly model: string;
  readonly headers: readonly string[];
  /** As they leave, in pieces. */
  readonly plain: readonly string[];
  readonly stream: readonly string[];
  readonly streamHeaders: readonly string[];
  /** Whether its streams tell the usage only where the request asks. */
  readonly usageOnRequest: boolean;
  /** The same for both answers. */
  readonly tokens: Readonly<Record<string, number>>;
}

/** What is the same for all that speak Chat. */
export const chat = { path: '/v1/chat/completions', dialect: 'openai-chat' } as const;

/** Of classes that a product does not tell of. */
export const noTokens = { cache_read: 0, cache_write: 0, cache_write_1h: 0, reasoning: 0 };

export function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

export const done = 'data: [DONE]\n\n';
export const chunkedJson = ['Content-Type: application/json', 'Transfer-Encoding: chunked'];
export const chunkedEvents = ['Content-Type: text/event-stream', 'Transfer-Encoding: chunked'];
