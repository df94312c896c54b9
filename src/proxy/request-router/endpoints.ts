import type { Dialect } from '../dialect.ts';
import type { Endpoint } from '../exchange.ts';

/** A path of the table with one of its endpoints. A path that ends in `/*` stands for everything below it. */
export type Row = readonly [path: string, endpoint: Endpoint];

const reading = ['GET', 'HEAD'];
const defaults = { body: 'stream', metered: false, shared: false } as const;
const posted = { ...defaults, body: 'json', methods: ['POST'] } as const;

function generate(dialect: Dialect): Endpoint {
  return { ...posted, dialect, intent: 'generate', metered: true };
}

function count(dialect: Dialect): Endpoint {
  return { ...posted, dialect, intent: 'count' };
}

/** Lists, or one thing of a list. */
function list(dialect: Dialect, ...more: string[]): Endpoint {
  return { ...defaults, dialect, intent: 'list', methods: [...reading, ...more] };
}

function batch(dialect: Dialect, ...more: string[]): Endpoint {
  return { ...defaults, dialect, intent: 'batch', methods: [...reading, 'POST', ...more] };
}

function file(dialect: Dialect, ...methods: string[]): Endpoint {
  return { ...defaults, dialect, intent: 'file', methods };
}

function other(dialect: Dialect, ...methods: string[]): Endpoint {
  return { ...defaults, dialect, intent: 'other', methods };
}

function shared(endpoint: Endpoint): Endpoint {
  return { ...endpoint, shared: true };
}

const embeddings: Endpoint = { ...posted, dialect: 'openai-chat', intent: 'embed', metered: true };
const jsonOther: Endpoint = { ...posted, dialect: 'openai-chat', intent: 'other' };

/**
 * Every path that is forwarded without naming a provider: those of Anthropic's Messages API, of OpenAI's Chat
 * Completions, Responses and their neighbours, and of the Gemini API. A stored Responses object brings the usage of the
 * request that made it, which was counted then: reading it is not metered.
 */
export const endpoints: readonly Row[] = [
  ['/v1/messages', generate('anthropic-messages')],
  ['/v1/messages/count_tokens', count('anthropic-messages')],
  ['/v1/messages/batches', batch('anthropic-messages')],
  ['/v1/messages/batches/*', batch('anthropic-messages', 'DELETE')],

  ['/v1/chat/completions', generate('openai-chat')],
  ['/v1/chat/completions', list('openai-chat')],
  ['/v1/chat/completions/*', other('openai-chat', ...reading, 'POST', 'DELETE')],
  ['/v1/responses', generate('openai-responses')],
  ['/v1/responses/compact', generate('openai-responses')],
  ['/v1/responses/input_tokens', count('openai-responses')],
  ['/v1/responses/*', other('openai-responses', ...reading, 'POST', 'DELETE')],
  ['/v1/completions', generate('openai-chat')],
  ['/v1/embeddings', embeddings],
  ['/v1/moderations', jsonOther],
  ['/v1/images/generations', jsonOther],
  ['/v1/images/*', other('openai-chat', 'POST')],
  ['/v1/audio/*', other('openai-chat', ...reading, 'POST', 'DELETE')],
  ['/v1/conversations', other('openai-chat', 'POST')],
  ['/v1/conversations/*', other('openai-chat', ...reading, 'POST', 'DELETE')],
  ['/v1/uploads', file('openai-chat', 'POST')],
  ['/v1/uploads/*', file('openai-chat', ...reading, 'POST')],
  ['/v1/vector_stores', other('openai-chat', ...reading, 'POST')],
  ['/v1/vector_stores/*', other('openai-chat', ...reading, 'POST', 'DELETE')],

  ['/v1/models', shared(list('openai-chat'))],
  ['/v1/models/*', shared(list('openai-chat', 'DELETE'))],
  ['/v1/files', shared(file('openai-chat', ...reading, 'POST'))],
  ['/v1/files/*', shared(file('openai-chat', ...reading, 'POST', 'DELETE'))],
  ['/v1/batches', shared(batch('openai-chat'))],
  ['/v1/batches/*', shared(batch('openai-chat'))],

  ['/v1beta/models', list('gemini')],
  ['/v1beta/models/*', list('gemini')],
  ['/v1beta/files', file('gemini', ...reading, 'POST')],
  ['/v1beta/files/*', file('gemini', ...reading, 'DELETE')],
  ['/v1beta/cachedContents', other('gemini', ...reading, 'POST')],
  ['/v1beta/cachedContents/*', other('gemini', ...reading, 'PATCH', 'DELETE')],
  ['/upload/v1beta/files', file('gemini', 'POST', 'PUT')],
];

/** What stands behind the colon of `/v1beta/models/MODEL:METHOD`. */
export const geminiMethods: ReadonlyMap<string, Endpoint> = new Map([
  ['generateContent', generate('gemini')],
  ['streamGenerateContent', generate('gemini')],
  ['countTokens', count('gemini')],
  ['embedContent', { ...embeddings, dialect: 'gemini' }],
  ['batchEmbedContents', { ...embeddings, dialect: 'gemini' }],
]);

/** Of a path that only an explicit provider's prefix lets through. */
export function unlistedEndpoint(dialect: Dialect): Endpoint {
  return shared(other(dialect, ...reading, 'POST', 'PUT', 'PATCH', 'DELETE'));
}
