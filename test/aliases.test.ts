import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proxiedUpstream, type ProxiedUpstream } from './support/proxied-upstream.ts';

let proxied: ProxiedUpstream;
beforeAll(async () => {
  const change = <Config extends object>(config: Config): Config => ({
    ...config,
    aliases: { fast: 'small', small: 'claude-haiku-4-5' },
  });
  proxied = await proxiedUpstream(undefined, { change });
});
afterAll(async () => proxied.close());

describe('an alias', () => {
  it('reaches the provider as the model behind it, with every other byte of the body as it was', async () => {
    const answer = await proxied.ask({ body: '{ "max_tokens":1,\n "model":"fast" , "metadata":{"model":"fast"}}' });
    expect(answer.status).toBe(200);
    const expected = '{ "max_tokens":1,\n "model":"claude-haiku-4-5" , "metadata":{"model":"fast"}}';
    const { head, body } = proxied.upstream.requests.at(-1)!;
    expect(body.toString()).toBe(expected);
    expect(head.toLowerCase()).toContain(`content-length: ${expected.length}`);
  });

  it('is what the record says was asked for', async () => {
    const { head } = await proxied.ask({ body: '{"max_tokens":2,"model":"fast"}' });
    const [, id] = /x-tokenpak-request-id: (\S+)/i.exec(head) ?? [];
    const record = (await proxied.proxy.recent()).find((recent) => recent.id === id);
    expect(record).toMatchObject({ asked_model: 'fast' });
  });

  it('stands beside the request for usage', async () => {
    const path = '/v1/chat/completions';
    await proxied.ask({ path, body: '{"stream":true,"model":"small","messages":[]}' });
    const sent = '{"stream_options":{"include_usage":true},"stream":true,"model":"claude-haiku-4-5","messages":[]}';
    expect(proxied.upstream.requests.at(-1)!.body.toString()).toBe(sent);
  });

  it('is replaced in the path where the model stands there', async () => {
    await proxied.ask({ path: '/v1beta/models/fast:generateContent', body: '{"contents":[]}' });
    expect(proxied.upstream.requests.at(-1)!.head).toContain('POST /v1beta/models/claude-haiku-4-5:generateContent ');
  });
});
