import { describe, expect, it } from 'vitest';
import { call } from '../../../test/support/exchange.ts';
import {
  apiKey,
  at,
  bearer,
  chat,
  configured,
  gemini,
  refusal,
  responses,
  routerParts,
  routed,
  shared,
  target,
} from '../../../test/support/routing.ts';
import type { RoutedCall } from '../exchange.ts';
import { providerRouter } from './stage.ts';

describe('the choice of a provider', () => {
  it.each([
    ['anthropic', { headers: apiKey }, 'https://api.anthropic.com', '/v1/messages'],
    ['openai', { ...chat, headers: bearer }, 'https://api.openai.com', '/v1/chat/completions'],
    ['openai', { ...responses, headers: bearer }, 'https://api.openai.com', '/v1/responses'],
    [
      ...(['gemini', { ...gemini, headers: ['x-goog-api-key', 'k'] }] as const),
      ...(['https://generativelanguage.googleapis.com', '/v1beta/models/m:generateContent'] as const),
    ],
    ['ollama', at('ollama', chat), 'http://127.0.0.1:11434', '/v1/chat/completions'],
    ['backup', at('backup', chat), 'https://backup.test', '/api/v1/chat/completions'],
    [
      'ollama',
      { ...chat, headers: ['X-Tokenpak-Provider', 'ollama'] },
      'http://127.0.0.1:11434',
      '/v1/chat/completions',
    ],
    [
      'backup',
      at('backup', { ...chat, headers: ['x-tokenpak-provider', 'ollama'] }),
      'https://backup.test',
      '/api/v1/chat/completions',
    ],
  ] as const)('falls on %s', async (provider, setting, origin, path) => {
    const passed = await routed(setting);
    expect(passed.target).toMatchObject({ provider, origin, path });
    expect(passed.record).toMatchObject({ provider, attempts: [] });
  });

  it('keeps the query', async () => {
    expect((await target({ query: '?beta=true&x=%20', headers: apiKey })).path).toBe('/v1/messages?beta=true&x=%20');
  });

  it.each([{}, chat, responses, gemini])(
    'falls on the loopback provider for a model of its name, in any dialect',
    async (dialect) => {
      const passed = await routed({
        ...dialect,
        model: 'loopback-fast',
        headers: [...apiKey, ...bearer],
        query: '?a&key=k',
      });
      expect(passed.target).toMatchObject({ provider: 'loopback', origin: 'http://127.0.0.1:4321', local: false });
      expect(passed.target).toMatchObject({ credential: [], allowsPrivate: true });
      expect(passed.target.path).toMatch(/\?a$/);
    },
  );

  it('falls on the provider that the request names, whatever its model is called', async () => {
    expect(await target(at('ollama', { ...chat, model: 'loopback-fast' }))).toMatchObject({ provider: 'ollama' });
    expect(await target(at('loopback', { ...chat, model: 'gpt' }))).toMatchObject({ provider: 'loopback' });
  });

  it('asks for the loopback provider again after it moved', async () => {
    const urls = ['http://127.0.0.1:1111', 'http://127.0.0.1:2222'];
    const stage = providerRouter({
      ...routerParts(),
      providers: configured,
      loopbackUrl: () => Promise.resolve(urls.shift() ?? ''),
    });
    const origins: string[] = [];
    for (const model of ['loopback', 'loopback']) {
      const next = (passed: RoutedCall): Promise<never> => {
        origins.push(passed.target.origin);
        return Promise.reject(new Error('passed on'));
      };
      await expect(stage.handle(call({ model }), next)).rejects.toThrow('passed on');
    }
    expect(origins).toEqual(['http://127.0.0.1:1111', 'http://127.0.0.1:2222']);
  });

  it('says so when the loopback provider does not start', async () => {
    const loopbackUrl = () => Promise.reject(new Error('no threads left'));
    expect((await refusal({ model: 'loopback', loopbackUrl })).code).toBe('upstream_unreachable');
  });

  it('fails on a name that is not configured, and says which are', async () => {
    const error = await refusal({ headers: ['x-tokenpak-provider', 'nobody\u0007'] });
    expect(error.code).toBe('invalid_request');
    expect(error.message).toContain('anthropic, openai, gemini, ollama, backup, loopback');
    expect(error.message).not.toContain('nobody');
  });

  it('fails on a provider that does not speak the dialect', async () => {
    const error = await refusal(at('ollama', { headers: apiKey }));
    expect(error.code).toBe('invalid_request');
    expect(error.message).toContain('ollama speaks openai-chat, not anthropic-messages');
    const narrowed = { ...configured, openai: { ...configured['openai']!, dialects: ['openai-chat' as const] } };
    expect((await refusal({ ...responses, providers: narrowed, headers: bearer })).code).toBe('invalid_request');
  });

  it("speaks to a named provider in its own dialect where a path is everybody's", async () => {
    const passed = await routed(at('ollama', { ...shared, dialect: 'anthropic-messages' }));
    expect([passed.dialect, passed.record.dialect]).toEqual(['openai-chat', 'openai-chat']);
    expect((await routed(at('backup', { ...shared, ...gemini, dialect: 'gemini' }))).dialect).toBe('gemini');
  });

  it('refuses to be made with a base URL that is none', () => {
    const providers = { bad: { ...configured['ollama']!, baseUrl: 'http://169.254.169.254' } };
    expect(() =>
      providerRouter({ ...routerParts(), providers, loopbackUrl: () => Promise.reject(new Error()) }),
    ).toThrow('providers.bad.baseUrl');
  });

  it('lets only a provider that is marked local cost nothing, and any that names loopback be reached there', async () => {
    const litellm = { ...configured['ollama']!, baseUrl: 'http://localhost:4000', local: false };
    expect(await target(at('litellm', { ...chat, providers: { litellm } }))).toMatchObject({
      local: false,
      allowsPrivate: true,
    });
    expect(await target(at('ollama', chat))).toMatchObject({ local: true, allowsPrivate: true });
    expect(await target({ headers: apiKey })).toMatchObject({ local: false, allowsPrivate: false });
  });
});
