import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { UpstreamScript } from './support/fake-upstream.ts';
import {
  expectRefusal,
  jsonHeaders,
  message,
  proxiedUpstream,
  type ProxiedUpstream,
} from './support/proxied-upstream.ts';

let proxied: ProxiedUpstream | null = null;
afterEach(async () => {
  await proxied?.close();
  proxied = null;
});

const answer = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${message.length}\r\n\r\n${message}`;
const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** A request of which every byte but the frame tells which one it is. */
function bodyOf(n: number, bytes: number): Buffer {
  const text = `request ${n} \\"quoted\\" `.repeat(bytes / 20).slice(0, bytes);
  return Buffer.from(
    JSON.stringify({ model: 'claude-opus-5-5', max_tokens: 5, messages: [{ role: 'user', content: text }] }),
  );
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('large bodies, which share memory one after the other', () => {
  it('reach the provider as they were sent, also where it answers before it has read them', async () => {
    let resume: () => void = () => undefined;
    const resumed = new Promise<void>((resolve) => (resume = resolve));
    let early = 1;
    const script: UpstreamScript = async (connection) => {
      if (early-- > 0) {
        connection.pause();
        await connection.write(answer);
        await resumed;
        connection.resume();
        await connection.read();
      }
      for (;;) {
        await connection.read();
        await connection.write(answer);
      }
    };
    proxied = await proxiedUpstream(script);
    const { ask, upstream } = proxied;
    const bodies = Array.from({ length: 10 }, (_, n) => bodyOf(n, n % 2 === 0 ? 3_900_000 : 700_000));
    const statusOf = async (body: Buffer): Promise<number> => (await ask({ headers: jsonHeaders, body })).status;
    expect(await statusOf(bodies[0] as Buffer)).toBe(200);
    const others = bodies.slice(1).map(statusOf);
    // The one that was answered early is still to be read.
    await expect.poll(() => upstream.requests.length).toBeGreaterThanOrEqual(4);
    resume();
    expect(await Promise.all(others)).toEqual(others.map(() => 200));
    const sent = new Set(bodies.map(hash));
    for (const { body } of upstream.requests) expect(sent).toContain(hash(body));
    expect(new Set(upstream.requests.map(({ body }) => hash(body))).size).toBe(bodies.length);
  });

  it('are never mixed up, however many clients leave in the middle', async () => {
    proxied = await proxiedUpstream();
    const { proxy } = proxied;
    const ask = async (n: number): Promise<number | null> => {
      const aborter = new AbortController();
      const leaves = n % 3 === 0;
      const body = bodyOf(n, 100_000 + (n % 5) * 150_000)
        .toString()
        .replace('claude-opus-5-5', 'loopback-fast');
      const headers = { 'content-type': 'application/json' };
      const asking = fetch(`${proxy.url}/v1/messages`, { method: 'POST', headers, body, signal: aborter.signal });
      // As soon as its bytes are there, or a little later.
      if (leaves) void turns(n % 9).then(() => aborter.abort());
      return asking.then(
        ({ status }) => status,
        () => null,
      );
    };
    for (let round = 0; round < 20; round++) {
      const statuses = await Promise.all(Array.from({ length: 12 }, (_, n) => ask(round * 12 + n)));
      // The provider parses what it gets: a body with another's bytes in it would be a 400.
      expect(statuses.filter((status) => status !== null && status !== 200)).toEqual([]);
    }
    await proxied.unharmed(0);
  });

  it('are refused where their JSON is broken, at the place where it is', async () => {
    proxied = await proxiedUpstream();
    const whole = bodyOf(1, 300_000);
    const broken = [
      ['cut off in a string', whole.subarray(0, 200_000), `ends too soon, at byte 200000`],
      ['cut off behind a value', whole.subarray(0, -1), `ends too soon, at byte ${whole.length - 1}`],
      ['with a bracket too many', Buffer.concat([whole.subarray(0, -1), Buffer.from(']}')]), 'is broken at byte'],
      ['with an open string', Buffer.concat([whole.subarray(0, -4), Buffer.from('\\')]), 'ends too soon'],
    ] as const;
    for (const [what, body, expected] of broken) {
      const refused = expectRefusal(await proxied.ask({ headers: jsonHeaders, body }), 400, 'invalid_request');
      expect(`${what}: ${refused}`).toContain(expected);
    }
    await proxied.unharmed(0);
  });
});
