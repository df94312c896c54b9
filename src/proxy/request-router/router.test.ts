import { describe, expect, it } from 'vitest';
import { ProxyError } from '../errors.ts';
import { createRouter } from './router.ts';

const route = createRouter(['anthropic', 'openai', 'gemini', 'loopback', 'ollama', 'open.router-2']);

function refusal(method: string, url: string): ProxyError {
  try {
    route(method, url);
  } catch (error) {
    return error as ProxyError;
  }
  throw new Error(`${method} ${url} was not refused`);
}

/** method, url, path at the provider, dialect, intent; then what differs from a plain request. */
const known: readonly (readonly [string, string, string, string, string, object?])[] = [
  ['POST', '/v1/messages', '/v1/messages', 'anthropic-messages', 'generate'],
  ['POST', '/v1/messages?beta=true', '/v1/messages', 'anthropic-messages', 'generate'],
  ['POST', '/v1/messages/count_tokens', '/v1/messages/count_tokens', 'anthropic-messages', 'count'],
  ['POST', '/v1/messages/batches', '/v1/messages/batches', 'anthropic-messages', 'batch'],
  ['GET', '/v1/messages/batches?limit=3', '/v1/messages/batches', 'anthropic-messages', 'batch'],
  ['GET', '/v1/messages/batches/b_1/results', '/v1/messages/batches/b_1/results', 'anthropic-messages', 'batch'],
  ['POST', '/v1/messages/batches/b_1/cancel', '/v1/messages/batches/b_1/cancel', 'anthropic-messages', 'batch'],
  ['DELETE', '/v1/messages/batches/b_1', '/v1/messages/batches/b_1', 'anthropic-messages', 'batch'],
  ['POST', '/v1/chat/completions', '/v1/chat/completions', 'openai-chat', 'generate'],
  ['GET', '/v1/chat/completions', '/v1/chat/completions', 'openai-chat', 'list'],
  ['DELETE', '/v1/chat/completions/c_1', '/v1/chat/completions/c_1', 'openai-chat', 'other'],
  ['GET', '/v1/chat/completions/c_1/messages', '/v1/chat/completions/c_1/messages', 'openai-chat', 'other'],
  ['POST', '/v1/responses', '/v1/responses', 'openai-responses', 'generate'],
  ['POST', '/v1/responses/compact', '/v1/responses/compact', 'openai-responses', 'generate'],
  ['POST', '/v1/responses/input_tokens', '/v1/responses/input_tokens', 'openai-responses', 'count'],
  ['GET', '/v1/responses/r_1?stream=true', '/v1/responses/r_1', 'openai-responses', 'other'],
  ['POST', '/v1/responses/r_1/cancel', '/v1/responses/r_1/cancel', 'openai-responses', 'other'],
  ['POST', '/v1/completions', '/v1/completions', 'openai-chat', 'generate'],
  ['POST', '/v1/embeddings', '/v1/embeddings', 'openai-chat', 'embed'],
  ['POST', '/v1/moderations', '/v1/moderations', 'openai-chat', 'other'],
  ['POST', '/v1/images/generations', '/v1/images/generations', 'openai-chat', 'other'],
  ['POST', '/v1/images/edits', '/v1/images/edits', 'openai-chat', 'other'],
  ['POST', '/v1/audio/transcriptions', '/v1/audio/transcriptions', 'openai-chat', 'other'],
  ['GET', '/v1/models?limit=1000', '/v1/models', 'openai-chat', 'list'],
  ['HEAD', '/v1/models', '/v1/models', 'openai-chat', 'list'],
  ['GET', '/v1/models/org/name:7b', '/v1/models/org/name:7b', 'openai-chat', 'list'],
  ['DELETE', '/v1/models/ft%3Agpt', '/v1/models/ft%3Agpt', 'openai-chat', 'list'],
  ['POST', '/v1/files', '/v1/files', 'openai-chat', 'file'],
  ['GET', '/v1/files/f_1/content', '/v1/files/f_1/content', 'openai-chat', 'file'],
  ['POST', '/v1/uploads/u_1/parts', '/v1/uploads/u_1/parts', 'openai-chat', 'file'],
  ['POST', '/v1/batches/b_1/cancel', '/v1/batches/b_1/cancel', 'openai-chat', 'batch'],
  ['DELETE', '/v1/conversations/c_1/items/i_1', '/v1/conversations/c_1/items/i_1', 'openai-chat', 'other'],
  ['POST', '/v1/vector_stores/v_1/search', '/v1/vector_stores/v_1/search', 'openai-chat', 'other'],
  ['GET', '/v1beta/models', '/v1beta/models', 'gemini', 'list'],
  ['GET', '/v1beta/models/gemini-3-pro', '/v1beta/models/gemini-3-pro', 'gemini', 'list'],
  ['GET', '/v1beta/files/f_1', '/v1beta/files/f_1', 'gemini', 'file'],
  ['POST', '/upload/v1beta/files?uploadType=media', '/upload/v1beta/files', 'gemini', 'file'],
  ['PATCH', '/v1beta/cachedContents/c_1', '/v1beta/cachedContents/c_1', 'gemini', 'other'],
  ['POST', '/messages', '/v1/messages', 'anthropic-messages', 'generate'],
  ['POST', '/chat/completions', '/v1/chat/completions', 'openai-chat', 'generate'],
  ['POST', '/responses/r_1/cancel', '/v1/responses/r_1/cancel', 'openai-responses', 'other'],
  ['POST', '/v1/v1/messages', '/v1/messages', 'anthropic-messages', 'generate'],
  ['GET', '/v1beta/v1beta/models', '/v1beta/models', 'gemini', 'list'],
  ['POST', '/anthropic/v1/messages', '/v1/messages', 'anthropic-messages', 'generate', { provider: 'anthropic' }],
  ['POST', '/ollama/chat/completions', '/v1/chat/completions', 'openai-chat', 'generate', { provider: 'ollama' }],
  ['POST', '/p/web/v1/messages', '/v1/messages', 'anthropic-messages', 'generate', { project: 'web' }],
  ['POST', '/p/my%20caf%C3%A9/messages', '/v1/messages', 'anthropic-messages', 'generate', { project: 'my café' }],
  [
    ...(['POST', '/p/web/open.router-2/v1/responses', '/v1/responses', 'openai-responses', 'generate'] as const),
    { project: 'web', provider: 'open.router-2' },
  ],
  [
    ...(['POST', '/openai/p/web/v1/v1/embeddings', '/v1/embeddings', 'openai-chat', 'embed'] as const),
    { project: 'web', provider: 'openai' },
  ],
  ['POST', '/ollama/api/chat', '/api/chat', 'openai-chat', 'other', { provider: 'ollama' }],
  ['PUT', '/anthropic/v1/skills/s_1', '/v1/skills/s_1', 'anthropic-messages', 'other', { provider: 'anthropic' }],
  ['GET', '/gemini/v1beta/tunedModels', '/v1beta/tunedModels', 'gemini', 'other', { provider: 'gemini' }],
  ['PATCH', '/ollama/v1/messages', '/v1/messages', 'anthropic-messages', 'other', { provider: 'ollama' }],
];

describe('the router', () => {
  for (const [method, url, path, dialect, intent, named = {}] of known) {
    it(`sends ${method} ${url} to ${path}`, () => {
      const found = route(method, url);
      expect(found.route).toMatchObject({ path, provider: null, project: null, ...named });
      expect(found.route.endpoint).toMatchObject({ dialect, intent });
      expect(found.query).toBe(url.includes('?') ? url.slice(url.indexOf('?')) : '');
    });
  }

  it.each([
    ['generateContent', 'generate', false],
    ['streamGenerateContent', 'generate', true],
    ['countTokens', 'count', false],
    ['embedContent', 'embed', false],
    ['batchEmbedContents', 'embed', false],
  ])("reads the model and the streaming out of Gemini's :%s", (name, intent, streamed) => {
    const path = `/v1beta/models/tuned%40gemini-3.pro:${name}`;
    const found = route('POST', `${path}?alt=sse`).route;
    expect(found).toMatchObject({
      path,
      model: 'tuned@gemini-3.pro',
      streamed,
      endpoint: { intent, dialect: 'gemini' },
    });
  });

  it('reads bodies whole only where the envelope is needed', () => {
    const bodyOf = (method: string, url: string) => route(method, url).route.endpoint.body;
    expect(bodyOf('POST', '/v1/messages')).toBe('json');
    expect(bodyOf('POST', '/v1/embeddings')).toBe('json');
    expect(bodyOf('POST', '/v1/files')).toBe('stream');
    expect(bodyOf('POST', '/v1/messages/batches')).toBe('stream');
    expect(bodyOf('POST', '/ollama/api/chat')).toBe('stream');
  });

  it('meters only what is billed by tokens when it is asked', () => {
    const metered = (method: string, url: string) => route(method, url).route.endpoint.metered;
    expect(metered('POST', '/v1/responses')).toBe(true);
    expect(metered('POST', '/v1beta/models/m:embedContent')).toBe(true);
    expect(metered('GET', '/v1/responses/r_1')).toBe(false);
    expect(metered('POST', '/v1/messages/count_tokens')).toBe(false);
    expect(metered('POST', '/ollama/api/chat')).toBe(false);
  });

  it.each([
    ['GET', '/v1/messages', ['POST']],
    ['PUT', '/v1/chat/completions', ['POST', 'GET', 'HEAD']],
    ['POST', '/v1/models', ['GET', 'HEAD']],
    ['GET', '/v1beta/models/m:generateContent', ['POST']],
    ['OPTIONS', '/v1/messages', ['POST']],
    ['TRACE', '/v1/models', ['GET', 'HEAD']],
    ['CONNECT', '/v1/responses', ['POST']],
    ['TRACE', '/openai/v1/anything', ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']],
  ])('answers %s %s with the methods that it takes', (method, url, allow) => {
    const error = refusal(method, url);
    expect([error.code, error.kind.status]).toEqual(['method', 405]);
    expect(error.allow).toEqual(allow);
  });

  it.each([
    '',
    '*',
    '/',
    '/favicon.ico',
    '/v1',
    '/v1/',
    '/v1/messages/',
    '/v1/messages/unknown',
    '/v1/models/',
    '/v2/messages',
    '/v1/v1/v1/messages',
    '/V1/messages',
    '/nobody/v1/messages',
    '/v1beta/models/m:unknownMethod',
    '/v1beta/models/:generateContent',
    '/v1beta/models/a/b:generateContent',
    'http://evil.example/v1/messages',
    'https://127.0.0.1:8766/v1/messages',
    'v1/messages',
    '//evil.example/v1/messages',
    '/v1//messages',
    '/\\evil.example/v1/messages',
    '/v1\\messages',
    '/v1/../admin',
    '/v1/./messages',
    '/v1/models/..',
    '/v1/models/.',
    '/../v1/messages',
    '/v1/%2e%2e/admin',
    '/v1/%2E%2e/admin',
    '/v1/.%2e/admin',
    '/v1/models/%2e',
    '/v1%2fmessages',
    '/v1/models/..%2fadmin',
    '/v1/models/a%5cb',
    '/v1/models/a%00',
    '/v1/models/a%0d%0aHost:evil',
    '/v1/models/a%252e%252e',
    '/v1/models/%c0%ae%c0%ae/x',
    '/v1/models/%ff',
    '/v1/models/a%3fb',
    '/v1/models/a%23b',
    '/v1/models/%zz',
    '/v1/models/%2',
    '/v1/models/..;/admin',
    '/v1/models;a=b',
    '/v1/models/a%3bb',
    '/v1/models/a\tb',
    '/v1/models/a b',
    '/v1/models/a\u007f',
    '/v1/models/caf\u00e9',
    '/v1/models/a#b',
    '/v1/models/<script>',
    '/v1/models?a=\tb',
    '/v1/models?a=b#c',
    '/v1/models?caf\u00e9',
    '/v1/models?a=b c',
  ])('knows no path %j', (url) => {
    const error = refusal('GET', url);
    expect([error.code, error.kind.status]).toEqual(['not_found', 404]);
  });

  it.each(['/ak/tpk_1/openai/p/web/v1/x', '/openai/%61k/%74pk_1/p/web/v1/x', '/p/web/openai/ak/tpk_1/v1/x'])(
    'takes the access key out of %j',
    (url) => {
      const { route: found, accessKey } = route('GET', url);
      expect({ path: found.path, provider: found.provider, project: found.project, accessKey }).toEqual({
        ...{ path: '/v1/x', provider: 'openai', project: 'web', accessKey: 'tpk_1' },
      });
    },
  );

  it.each([
    '/p/web',
    '/p//v1/messages',
    '/p/a/p/b/v1/messages',
    '/openai/p/a/p/b/v1/x',
    '/openai/anthropic/v1/messages',
    '/openai/p/a/openai/v1/messages',
    '/ak/tpk_1',
    '/ak/tpk_1/openai/ak/tpk_1/v1/messages',
    '/p/tpk_1/v1/messages',
    `/openai/v1/tpk_${'a'.repeat(43)}`,
    `/v1/files/%74pk_${'a'.repeat(43)}`,
    '/p/%2e%2e/v1/messages',
    '/p/a%2Fb/v1/messages',
    '/p/-rf/v1/messages',
    '/p/__proto__/v1/messages',
    '/p/a%0Ab/v1/messages',
    '/p/%E2%80%AE/v1/messages',
    `/p/${'a'.repeat(65)}/v1/messages`,
    '/openai/../v1/messages',
    '/openai//v1/messages',
    '/openai/v1/a%2fb',
    '/openai',
  ])('takes no prefixes out of %j', (url) => {
    expect(refusal('POST', url).code).toBe('not_found');
  });

  it('never tells in a refusal what the path or query held', () => {
    for (const url of ['/secret/../x', '/nothing/secret?key=secret', '/p/-secret/v1/messages']) {
      expect(refusal('POST', url).message).not.toContain('secret');
    }
  });

  it('looks at a hostile path of 60 KiB without stalling', () => {
    const before = process.hrtime.bigint();
    for (const part of ['/a', '%41', '.', ':', '/p', '/v1']) {
      const error = thrownBy(() => route('GET', `/v1/models/${part.repeat(60_000 / part.length)}`));
      expect(error === null || error instanceof ProxyError).toBe(true);
    }
    expect(Number(process.hrtime.bigint() - before) / 1e6).toBeLessThan(2000);
  });
});

function thrownBy(action: () => void): unknown {
  try {
    action();
    return null;
  } catch (error) {
    return error;
  }
}
