import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawClient } from '../../../test/support/raw-client.ts';
import { startLoopback, type Loopback } from './index.ts';

let loopback: Loopback;
beforeAll(async () => {
  loopback = await startLoopback();
});
afterAll(() => loopback.close());

interface Asked {
  readonly stream?: boolean;
  readonly directives?: string;
  readonly path?: string;
}

/** Asks over a connection of its own, and reads until the answer is complete or the connection closed. */
async function ask(model: string, { stream = false, directives, path = '/v1/messages' }: Asked = {}) {
  const body = JSON.stringify({ model, max_tokens: 9, stream, messages: [{ role: 'user', content: 'Hello' }] });
  const client = rawClient(loopback.port);
  const header = directives === undefined ? '' : `x-loopback: ${directives}\r\n`;
  const head = `POST ${path} HTTP/1.1\r\nhost: a\r\n${header}content-length: ${body.length}\r\n\r\n`;
  await client.send(head + body);
  const response = await client.response();
  await client.reset();
  const text = response.body.toString();
  return { ...response, text, events: text.split('\n\n').filter((event) => event !== '').length };
}

describe('faults', () => {
  it('answer with a status and when to come back', async () => {
    const overloaded = await ask('loopback-status529-retryafter7');
    expect([overloaded.status, overloaded.head]).toEqual([529, expect.stringContaining('retry-after: 7')]);
    const page = await ask('loopback-html-status503');
    expect([page.status, page.head, page.text]).toEqual([
      503,
      expect.stringContaining('text/html'),
      expect.stringContaining('<html>'),
    ]);
  });

  it('reset or close the connection before the head, or reset it behind', async () => {
    expect(await ask('loopback-reset-before')).toMatchObject({ status: 0, closed: 'reset' });
    expect(await ask('loopback-close-before')).toMatchObject({ status: 0, closed: 'end' });
    expect(await ask('loopback-reset-after', { stream: true })).toMatchObject({
      status: 200,
      text: '',
      closed: 'reset',
    });
  });

  it('cut a stream behind so many events, by a reset or by a clean end', async () => {
    const cut = await ask('loopback-cut4', { stream: true });
    expect(cut).toMatchObject({ status: 200, complete: false, closed: 'reset', events: expect.any(Number) });
    expect(cut.text.match(/^event: /gm)).toHaveLength(4);
    expect(await ask('loopback-end4', { stream: true })).toMatchObject({ complete: true, events: 4 });
    expect(await ask('loopback-end0', { stream: true })).toMatchObject({ complete: true, text: '' });
    const unfinished = await ask('loopback-noterminal', { stream: true });
    expect(unfinished.complete).toBe(true);
    expect(unfinished.text).toMatch(/event: message_delta\n.*\n\n$/);
  });

  it('cut a plain reply half-way', async () => {
    const whole = await ask('loopback-in1');
    for (const [fault, closed] of [
      ['cut1', 'reset'],
      ['end1', 'end'],
    ] as const) {
      const broken = await ask('loopback', { directives: `in=1; model=loopback-in1; ${fault}` });
      expect(broken).toMatchObject({ status: 200, complete: false, closed });
      expect(broken.body.length).toBeGreaterThan(0);
      expect(broken.body.length).toBeLessThan(whole.body.length);
    }
  });

  it('fall silent before the head or half-way', async () => {
    const silent = rawClient(loopback.port);
    const body = '{"model":"loopback-stall"}';
    await silent.send(`POST /v1/messages HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    await ask('loopback');
    expect(silent.pending().length).toBe(0);
    await silent.reset();
    const half = rawClient(loopback.port);
    const asked = '{"model":"loopback-stall-mid","stream":true}';
    await half.send(`POST /v1/messages HTTP/1.1\r\nhost: a\r\ncontent-length: ${asked.length}\r\n\r\n${asked}`);
    while (!half.pending().includes('content_block_delta')) await new Promise(setImmediate);
    await ask('loopback');
    expect(half.pending().toString()).not.toContain('message_stop');
    await half.reset();
  });

  it('spoil the event in the middle, and the plain reply', async () => {
    const isJson = (text: string) => {
      try {
        return JSON.parse(text) !== undefined;
      } catch {
        return false;
      }
    };
    const stream = await ask('loopback-badchunk', { stream: true });
    const data = [...stream.text.matchAll(/^data: (.*)$/gm)].map((match) => isJson(match[1] ?? ''));
    expect(data.filter((fine) => !fine)).toHaveLength(1);
    expect(data.indexOf(false)).toBe(Math.floor(data.length / 2));
    const plain = await ask('loopback-badchunk');
    expect([plain.complete, isJson(plain.text)]).toEqual([true, false]);
  });

  it('state a length that is too short or too long', async () => {
    const whole = await ask('loopback', { directives: 'in=1; model=m' });
    const short = await ask('loopback', { directives: 'in=1; model=m; short' });
    expect(short.body.length).toBe(Math.floor(whole.body.length / 2));
    const long = await ask('loopback', { directives: 'in=1; model=m; long' });
    expect(long).toMatchObject({ text: whole.text, complete: false, closed: 'end' });
  });

  it('trickle by single bytes, which make up the same reply', async () => {
    const directives = 'in=1; model=m; tokens=2';
    const whole = await ask('loopback', { directives, stream: true });
    const trickled = await ask('loopback', { directives: `${directives}; trickle`, stream: true });
    expect(trickled.text).toBe(whole.text);
  });

  it('compress, so that each event can be decoded at once', async () => {
    const plain = await ask('loopback', { directives: 'in=1; gzip; model=m' });
    expect(plain.head).toContain('content-encoding: gzip');
    expect(JSON.parse(gunzipSync(plain.body).toString())).toMatchObject({ model: 'm' });
    const stream = await ask('loopback', { directives: 'gzip', stream: true });
    expect(gunzipSync(stream.body).toString()).toMatch(/message_stop"}\n\n$/);
    const half = await ask('loopback', { directives: 'gzip; end=1', stream: true });
    expect(gunzipSync(half.body, { finishFlush: 2 }).toString()).toMatch(/^event: message_start\n.*\n\n$/);
  });

  it('leave the usage out', async () => {
    expect(JSON.parse((await ask('loopback-nousage')).text)).not.toHaveProperty('usage');
    for (const path of ['/v1/messages', '/v1/responses', '/v1/chat/completions']) {
      expect((await ask('loopback-nousage', { stream: true, path })).text).not.toMatch(/"usage":\{/);
    }
  });
});

describe('time', () => {
  it('passes before the first byte and between the events', async () => {
    const start = performance.now();
    await ask('loopback-delay30');
    expect(performance.now() - start).toBeGreaterThanOrEqual(29);
    const streamStart = performance.now();
    const { events } = await ask('loopback-tokens10-tps500', { stream: true });
    expect(performance.now() - streamStart).toBeGreaterThanOrEqual((events - 1) * 2 - 1);
  });

  it('is not waited for where the client has left', async () => {
    const busy = await startLoopback();
    for (const model of ['loopback-delay3600000', 'loopback-tps1', 'loopback-trickle1000', 'loopback-stall']) {
      const client = rawClient(busy.port);
      const body = JSON.stringify({ model, stream: true });
      await client.send(`POST /v1/messages HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      await client.reset();
    }
    expect((await fetch(busy.url)).status).toBe(200);
    await busy.close();
  });

  it('is taken from a client that reads slowly, without loss', async () => {
    const client = rawClient(loopback.port);
    const body = JSON.stringify({ model: 'loopback-size30000000-tokens300-tps1000000', stream: true });
    client.pause();
    await client.send(`POST /v1/messages HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    await ask('loopback');
    client.resume();
    const response = await client.response();
    expect(response.complete).toBe(true);
    expect(response.body.length).toBeGreaterThan(30_000_000);
    await client.reset();
  });
});
