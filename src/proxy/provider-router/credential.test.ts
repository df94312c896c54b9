import { describe, expect, it } from 'vitest';
import {
  apiKey,
  at,
  bearer,
  chat,
  configured,
  gemini,
  held,
  refusal,
  responses,
  target,
} from '../../../test/support/routing.ts';
import { builtInProviders } from './built-in.ts';

describe("the client's credential", () => {
  it.each([
    ['to the provider of its dialect', { headers: apiKey }],
    ['as a bearer token', { headers: bearer }],
    ['by both schemes at once', { headers: [...apiKey, ...bearer] }],
    ['to a provider that it names', at('backup', { ...chat, headers: bearer })],
    ['to a provider that it names by header', { ...chat, headers: [...bearer, 'x-tokenpak-provider', 'backup'] }],
    ['in any scheme to a provider that it names', at('backup', { ...chat, headers: apiKey })],
    ['to Gemini', { ...gemini, headers: ['x-goog-api-key', 'k'] }],
    ['in the query', { ...gemini, query: '?key=AIza&alt=sse' }],
  ])('is forwarded as it came %s', async (_, setting) => {
    const { credential, path } = await target({ ...setting, providers: held });
    expect(credential).toBeNull();
    expect(path.endsWith('query' in setting ? setting.query : '')).toBe(true);
  });

  it.each([
    ['a Gemini key to Anthropic', { headers: ['x-goog-api-key', 'k'] }, ['x-api-key', 'held-anthropic']],
    ['an Anthropic key to OpenAI', { ...chat, headers: apiKey }, ['authorization', 'Bearer held-openai']],
    ['an Anthropic key to Gemini', { ...gemini, headers: apiKey }, ['x-goog-api-key', 'held-gemini']],
    ['any key to the loopback provider', { model: 'loopback', headers: [...apiKey, ...bearer] }, []],
    ['the key meant for another beside its own', { ...chat, headers: [...bearer, ...apiKey] }, bearer],
  ])('does not carry %s', async (_, setting, credential) => {
    expect((await target({ ...setting, providers: held })).credential).toEqual(credential);
  });

  it.each([
    ['anthropic', {}, ['x-api-key', 'held-anthropic']],
    ['openai', responses, ['authorization', 'Bearer held-openai']],
    ['gemini', gemini, ['x-goog-api-key', 'held-gemini']],
    ['backup', at('backup', chat), ['authorization', 'Bearer held-backup']],
    ['backup', at('backup', {}), ['x-api-key', 'held-backup']],
    ['backup', at('backup', gemini), ['x-goog-api-key', 'held-backup']],
  ])('is replaced by the key held for %s where there is none', async (_, setting, credential) => {
    expect((await target({ ...setting, providers: held })).credential).toEqual(credential);
  });

  it.each([
    [{ headers: ['x-api-key', 'tokenpak'] }],
    [{ headers: ['authorization', 'Bearer tokenpak'] }],
    [{ headers: ['authorization', 'bearer  TOKENPAK'] }],
    [{ headers: ['authorization', 'Bearer'] }],
    [{ headers: ['x-api-key', ''] }],
  ])('counts as none with %j', async (setting) => {
    expect((await target({ ...setting, providers: held })).credential).toEqual(['x-api-key', 'held-anthropic']);
  });

  it('counts as none with the key tokenpak in the query, which is taken out', async () => {
    const { credential, path } = await target({ ...gemini, query: '?key=tokenpak&alt=sse', providers: held });
    expect(credential).toEqual(['x-goog-api-key', 'held-gemini']);
    expect(path).toBe('/v1beta/models/m:generateContent?alt=sse');
  });

  it('goes without the placeholder that came beside it', async () => {
    const headers = ['Authorization', 'Bearer tokenpak', 'X-Api-Key', 'sk-mine'];
    expect((await target({ headers, providers: held })).credential).toEqual(['X-Api-Key', 'sk-mine']);
    const inQuery = await target({
      ...gemini,
      headers: ['x-goog-api-key', 'tokenpak'],
      query: '?key=AIza',
      providers: held,
    });
    expect(inQuery).toMatchObject({ credential: [], path: '/v1beta/models/m:generateContent?key=AIza' });
  });

  it("leaves a query's key to Gemini, and to a provider that is named and takes it for something else", async () => {
    expect((await target({ headers: apiKey, query: '?key=AIza' })).path).toBe('/v1/messages');
    expect((await target(at('ollama', { ...chat, query: '?key=word' }))).path).toBe('/v1/chat/completions?key=word');
  });

  it.each([
    [{ headers: [...apiKey, 'X-API-Key', 'other'] }],
    [{ headers: [...bearer, ...bearer] }],
    [{ model: 'loopback', headers: [...bearer, 'AUTHORIZATION', 'x'] }],
    [{ ...gemini, query: '?key=a&k%65y=b' }],
  ])('must not stand twice: %j', async (setting) => {
    const error = await refusal({ ...setting, providers: held });
    expect([error.code, error.kind.status]).toEqual(['invalid_request', 400]);
    expect(error.message).not.toMatch(/sk-mine|other/);
  });

  it.each([
    [{}, 'ANTHROPIC_API_KEY'],
    [{ headers: ['x-api-key', 'tokenpak'] }, 'ANTHROPIC_API_KEY'],
    [{ ...chat, headers: apiKey }, 'OPENAI_API_KEY'],
    [{ ...gemini, query: '?key=tokenpak' }, 'GEMINI_API_KEY'],
  ])('is asked for where nobody has one: %j', async (setting, variable) => {
    const error = await refusal(setting);
    expect([error.code, error.kind.status]).toEqual(['unauthorized', 401]);
    expect(error.message).toContain(variable);
  });

  it('is not needed by a provider that is local or takes none', async () => {
    const { apiKeyEnv: _, ...withoutKey } = builtInProviders.openai;
    const providers = {
      ...configured,
      here: { ...configured['backup']!, baseUrl: 'http://127.0.0.1:8000', apiKey: null },
      none: { ...withoutKey, apiKeyEnv: 'none', apiKey: null },
      open: { ...withoutKey, apiKey: null },
    };
    for (const name of ['ollama', 'here', 'none', 'open']) {
      const headers = ['authorization', 'Bearer tokenpak'];
      expect((await target(at(name, { ...chat, headers, providers }))).credential).toEqual([]);
    }
  });
});
