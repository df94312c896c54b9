import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import {
  fakeUpstream,
  type FakeUpstream,
  type UpstreamConnection,
  type UpstreamScript,
} from './support/fake-upstream.ts';
import { startProxy, type TestProxy, type TestProxyOptions } from './support/proxy.ts';

const message = JSON.stringify({
  ...{
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-opus-5-5',
    content: [],
    stop_reason: 'end_turn',
  },
  usage: { input_tokens: 10, output_tokens: 5 },
});
const jsonHead = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const ok = `${jsonHead}Content-Length: ${message.length}\r\n\r\n${message}`;

const open: { close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).toReversed()) await thing.close();
});

async function start(
  script: UpstreamScript,
  options: TestProxyOptions = {},
): Promise<{ proxy: TestProxy; upstream: FakeUpstream }> {
  const upstream = await fakeUpstream(script);
  open.push(upstream);
  const proxy = await startProxy({ upstreams: { anthropic: upstream.url, openai: upstream.url }, ...options });
  open.push(proxy);
  return { proxy, upstream };
}

function ask(proxy: TestProxy, streamed = false): Promise<Response> {
  const body = JSON.stringify({ model: 'claude-opus-5-5', max_tokens: 5, stream: streamed, messages: [] });
  const headers = { 'content-type': 'application/json', 'accept-encoding': 'identity' };
  return fetch(`${proxy.url}/v1/messages`, { method: 'POST', headers, body });
}

/** A script that reads one request on each connection and then does this. */
const once =
  (act: (connection: UpstreamConnection) => unknown): UpstreamScript =>
  async (connection) => {
    await connection.read();
    await act(connection);
  };
const say = (bytes: string | Buffer): UpstreamScript =>
  once(async (connection) => {
    await connection.write(bytes);
    connection.end();
  });

async function expectError(response: Response, status: number, code: string): Promise<string> {
  const body = (await response.json()) as {
    type: string;
    error: { type: string; message: string };
    request_id: string;
  };
  expect({ status: response.status, code: response.headers.get('x-tokenpak-error') }).toEqual({ status, code });
  expect(body.type).toBe('error');
  expect(body.request_id).toBe(response.headers.get('x-tokenpak-request-id'));
  return body.error.message;
}

describe('a provider that gives no answer', () => {
  it('refuses connections', async () => {
    const { proxy, upstream } = await start(() => undefined);
    await upstream.close();
    await expectError(await ask(proxy), 502, 'upstream_unreachable');
    expect((await proxy.recent())[0]).toMatchObject({ outcome: 'upstream_unreachable', cost_usd: 0 });
  });

  it('has a name that does not exist', async () => {
    const { proxy } = await start(() => undefined, {
      upstreams: { anthropic: 'https://nope.invalid' },
      env: { ANTHROPIC_API_KEY: 'k' },
    });
    await expectError(await ask(proxy), 502, 'upstream_unreachable');
  });

  it.each([
    ['resets a fresh connection', once((connection) => connection.reset()), 'upstream_unreachable'],
    ['closes a fresh connection', once((connection) => connection.end()), 'upstream_unreachable'],
    ['sends half a status line', say('HTTP/1.1 20'), 'upstream_unreachable'],
    ['speaks SSH', say('SSH-2.0-OpenSSH_9.2\r\n'), 'upstream_protocol'],
    ['answers 100 unasked', say('HTTP/1.1 100 Continue\r\n\r\n'), 'upstream_protocol'],
    [
      'answers 101 unasked',
      say('HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
      'upstream_protocol',
    ],
    ['answers with status 999', say('HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n'), 'upstream_protocol'],
    ['answers with status 99', say('HTTP/1.1 099 No\r\nContent-Length: 0\r\n\r\n'), 'upstream_protocol'],
    ['answers with status 000', say('HTTP/1.1 000 No\r\nContent-Length: 0\r\n\r\n'), 'upstream_protocol'],
    ['sends a NUL in a header', say('HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n'), 'upstream_protocol'],
    ['sends 40 KiB of headers', say(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(40_000)}\r\n\r\n`), 'upstream_protocol'],
    ['sends two lengths', say(`${jsonHead}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`), 'upstream_protocol'],
    [
      'sends a length and chunks',
      say(`${jsonHead}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
      'upstream_protocol',
    ],
  ] as const)('%s', async (_, script, code) => {
    const { proxy, upstream } = await start(script);
    await expectError(await ask(proxy), 502, code);
    expect(upstream.requests.length).toBe(1);
    expect((await ask(proxy)).status).toBe(502);
  });

  it('accepts a TLS connection and is none', async () => {
    const { upstream } = await start((connection) => connection.write('hello\r\n'));
    const proxy = await startProxy({ upstreams: { anthropic: upstream.url.replace('http:', 'https:') } });
    open.push(proxy);
    const response = await ask(proxy);
    expect(response.status).toBe(502);
    await response.text();
  });
});

describe('a provider that is slow', () => {
  const deadlines = { connectMs: 5000, firstByteMs: 150, firstBytePlainMs: 150, idleMs: 150, totalMs: 0 };
  const change: TestProxyOptions['change'] = (config) => ({ ...config, deadlines });

  it('stalls before its head: 504, and its connection is closed', async () => {
    const { proxy, upstream } = await start(
      once((connection) => connection.ended),
      { change },
    );
    await expectError(await ask(proxy), 504, 'upstream_timeout');
    await expectError(await ask(proxy, true), 504, 'upstream_timeout');
    expect(upstream.ends.length).toBeGreaterThanOrEqual(1);
  });

  it('sends informational answers for ever: they do not move the deadline', async () => {
    const script = once(async (connection) => {
      let going = true;
      void connection.ended.then(() => (going = false));
      while (going) {
        await connection.write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n');
        await new Promise(setImmediate);
      }
    });
    const { proxy } = await start(script, { change });
    await expectError(await ask(proxy), 504, 'upstream_timeout');
  });

  it('sends one informational answer: it is not forwarded', async () => {
    const { proxy } = await start(
      once((connection) => connection.write(`HTTP/1.1 103 Early Hints\r\nx-a: 1\r\n\r\n${ok}`)),
    );
    const response = await ask(proxy);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-a')).toBe(null);
    expect(await response.text()).toBe(message);
  });

  it('stalls in a stream: the dialect’s error event and a cut connection', async () => {
    const event = 'event: ping\ndata: {"type":"ping"}\n\n';
    const script = once(async (connection) => {
      await connection.write(`HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n${event}`);
      await connection.ended;
    });
    const { proxy } = await start(script, { change });
    const response = await ask(proxy, true);
    const reader = response.body!.getReader();
    let text = '';
    const failure = await (async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return null;
        text += Buffer.from(value).toString();
      }
    })().catch((error: unknown) => error);
    expect(failure).not.toBe(null);
    expect(text).toBe(
      `${event}event: error\ndata: {"type":"error","error":{"type":"timeout_error","message":"anthropic sent nothing for 150 ms"}}\n\n`,
    );
    expect((await proxy.over(1))[0]).toMatchObject({ outcome: 'upstream_timeout', status: 200 });
  });

  it('takes longer in all than is allowed', async () => {
    const script = once(async (connection) => {
      await connection.write(`${jsonHead}Content-Length: 100000\r\n\r\n`);
      let going = true;
      void connection.ended.then(() => (going = false));
      while (going) {
        await connection.write(' ');
        await new Promise(setImmediate);
      }
    });
    const { proxy } = await start(script, {
      change: (config) => ({ ...config, deadlines: { ...deadlines, totalMs: 300 } }),
    });
    await expectError(await ask(proxy), 504, 'upstream_timeout');
  });
});

describe('an answer that is not whole', () => {
  it.each([
    ['has a length longer than its body', say(`${jsonHead}Content-Length: 500\r\n\r\n${message}`)],
    ['has a length shorter than its body', say(`${jsonHead}Content-Length: 3\r\n\r\n${message}`)],
    ['is cut, and ends with its connection', say(`${jsonHead}\r\n${message.slice(0, -5)}`)],
    [
      'lacks its last chunk',
      say(`${jsonHead}Transfer-Encoding: chunked\r\n\r\n${message.length.toString(16)}\r\n${message}\r\n`),
    ],
    ['is empty', say(`${jsonHead}Content-Length: 0\r\n\r\n`)],
    [
      'is half of a gzip',
      say(Buffer.concat([Buffer.from(`${jsonHead}Content-Encoding: gzip\r\n\r\n`), gzipSync(message).subarray(0, 60)])),
    ],
  ] as const)('%s', async (_, script) => {
    const { proxy } = await start(script);
    await expectError(await ask(proxy), 502, 'upstream_truncated');
    expect((await proxy.recent())[0]).toMatchObject({ outcome: 'upstream_truncated' });
  });

  it('has garbage for a chunk size', async () => {
    const { proxy } = await start(say(`${jsonHead}Transfer-Encoding: chunked\r\n\r\nzz\r\n`));
    const response = await ask(proxy);
    expect(response.status).toBe(502);
    await response.text();
  });

  it('is a web page', async () => {
    const { proxy } = await start(say('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>sign in</html>'));
    await expectError(await ask(proxy), 502, 'upstream_protocol');
  });

  it('is a stream without an event', async () => {
    const { proxy } = await start(say('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n'));
    await expectError(await ask(proxy, true), 502, 'upstream_truncated');
  });
});

describe('a redirect', () => {
  it('is neither followed nor passed on', async () => {
    const { proxy, upstream } = await start(
      say('HTTP/1.1 307 Go\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n'),
    );
    const response = await ask(proxy);
    expect(response.headers.get('location')).toBe(null);
    expect(response.headers.get('x-should-retry')).toBe('false');
    await expectError(response, 502, 'upstream_redirect');
    expect(upstream.requests.length).toBe(1);
  });
});

describe('a connection kept alive', () => {
  it.each(['end', 'reset'] as const)('that died silently (%s) is replaced once, unnoticed', async (how) => {
    const { proxy, upstream } = await start(async (connection) => {
      await connection.read();
      await connection.write(ok);
      if (connection.index > 0) return;
      await connection.read();
      await connection[how]();
    });
    expect(await (await ask(proxy)).text()).toBe(message);
    const second = await ask(proxy);
    expect(second.status).toBe(200);
    expect(await second.text()).toBe(message);
    expect(upstream.requests.length).toBe(3);
    expect((await proxy.over(2))[0]?.attempts).toMatchObject([
      { status: null, outcome: 'upstream_unreachable' },
      { status: 200, outcome: 'ok' },
    ]);
  });

  it('is not tried a second time when the new connection dies too', async () => {
    const { proxy, upstream } = await start(async (connection) => {
      await connection.read();
      if (connection.index === 0) {
        await connection.write(ok);
        await connection.read();
      }
      await connection.reset();
    });
    await (await ask(proxy)).text();
    await expectError(await ask(proxy), 502, 'upstream_unreachable');
    expect(upstream.connections()).toBe(2);
  });

  it('is not replaced once a byte of the answer has come', async () => {
    const { proxy, upstream } = await start(async (connection) => {
      await connection.read();
      await connection.write(ok);
      await connection.read();
      await connection.write('HTTP/1.1 20');
      connection.end();
    });
    await (await ask(proxy)).text();
    const second = await ask(proxy);
    expect(second.status).toBe(502);
    await second.text();
    expect(upstream.connections()).toBe(1);
  });

  it('that carries a second answer is not trusted: each request gets its own', async () => {
    const poison = message.replace('msg_1', 'msg_X');
    const { proxy } = await start(async (connection) => {
      await connection.read();
      await connection.write(ok + ok.replace(message, poison));
      await connection.read();
      await connection.write(ok);
    });
    expect(await (await ask(proxy)).text()).toBe(message);
    expect(await (await ask(proxy)).text()).toBe(message);
  });
});

describe('a provider’s error', () => {
  it.each([
    [429, '{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}', 'application/json'],
    [529, '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', 'application/json'],
    [413, '<html>too large</html>', 'text/html'],
    [502, '', 'text/plain'],
    [400, 'prompt is too long: 5 > 4', 'text/plain'],
  ])('%d passes as it is', async (status, body, type) => {
    const { proxy } = await start(
      say(
        `HTTP/1.1 ${status} X\r\nContent-Type: ${type}\r\nRetry-After: 7\r\nX-Should-Retry: true\r\nrequest-id: req_1\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      ),
    );
    const response = await ask(proxy);
    expect(response.status).toBe(status);
    expect(await response.text()).toBe(body);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(response.headers.get('x-should-retry')).toBe('true');
    expect(response.headers.get('request-id')).toBe('req_1');
    expect(response.headers.get('x-tokenpak-error')).toBe(null);
    expect((await proxy.over(1))[0]).toMatchObject({ status, outcome: 'upstream_error', cost_usd: 0, tokens: null });
  });

  it('in a stream passes as it is, with nothing behind it', async () => {
    const event = 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"x"}}\n\n';
    const { proxy } = await start(say(`HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n${event}`));
    const response = await ask(proxy, true);
    expect(await response.text()).toBe(event);
    expect((await proxy.over(1))[0]).toMatchObject({ outcome: 'upstream_stream_error' });
  });
});

describe('what must not cross', () => {
  it('stays on the provider’s side', async () => {
    const head = [
      'Access-Control-Allow-Origin: *',
      'Set-Cookie: a=1',
      'Alt-Svc: h3',
      'Refresh: 0',
      'Connection: x-secret',
      'X-Secret: 1',
      'X-Kept: 2',
    ];
    const { proxy } = await start(
      say(`${jsonHead}${head.join('\r\n')}\r\nContent-Length: ${message.length}\r\n\r\n${message}`),
    );
    const response = await ask(proxy);
    const names = [...response.headers.keys()];
    for (const name of ['access-control-allow-origin', 'set-cookie', 'alt-svc', 'refresh', 'x-secret'])
      expect(names).not.toContain(name);
    expect(names).toContain('x-kept');
    expect(names).not.toContain('date');
    await response.text();
  });
});

describe('an answer whose usage cannot be read', () => {
  const withUsage = (usage: string): string => message.replace('{"input_tokens":10,"output_tokens":5}', usage);

  it.each([
    '{"input_tokens":-1,"output_tokens":5}',
    '{"input_tokens":1e308,"output_tokens":5}',
    '{"input_tokens":"10","output_tokens":5}',
    'null',
  ])('passes, and its cost is an estimate: %s', async (usage) => {
    const body = withUsage(usage);
    const { proxy } = await start(say(`${jsonHead}Content-Length: ${body.length}\r\n\r\n${body}`));
    expect(await (await ask(proxy)).text()).toBe(body);
    const [record] = await proxy.over(1);
    expect(record).toMatchObject({ outcome: 'ok', exactness: 'estimated' });
    expect(record?.cost_usd).toBeGreaterThanOrEqual(0);
  });

  it('is compressed a thousand times: it passes and is not read', async () => {
    const codings = Array.from({ length: 50 }, () => 'gzip').join(', ');
    const { proxy } = await start(say(`${jsonHead}Content-Encoding: ${codings}\r\nContent-Length: 4\r\n\r\nabcd`));
    const response = await fetch(`${proxy.url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"model":"claude-opus-5-5"}',
    }).catch(() => null);
    // fetch itself may refuse to decode it; the proxy has passed it on.
    await response?.text().catch(() => '');
    expect((await proxy.over(1))[0]).toMatchObject({ status: 200, outcome: 'ok', exactness: 'estimated' });
  });
});

describe('a provider at an address that is not allowed', () => {
  it('is never connected to, even by a name', async () => {
    const server = createServer();
    const { proxy } = await start(() => undefined, {
      change: (config) => ({
        ...config,
        providers: {
          anthropic: {
            baseUrl: 'https://localhost.localdomain',
            dialects: ['anthropic-messages'],
            local: false,
            insecure: false,
            apiKey: 'k',
            moreApiKeys: [],
          },
        },
      }),
    });
    server.close();
    const response = await ask(proxy);
    expect(response.status).toBe(502);
    await response.text();
  });
});
