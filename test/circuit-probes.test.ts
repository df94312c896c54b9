import { afterAll, describe, expect, it, vi } from 'vitest';
import type { TestProxyOptions } from './support/proxy.ts';
import { expectRefusal, headerOf } from './support/proxied-upstream.ts';
import {
  type Act,
  failingProvider,
  type FailingProvider,
  anthropic,
  gemini,
  holding,
  neverAnswering,
  openai,
  openProvider,
  recovered,
  reply,
  saying,
  threshold,
} from './support/failing-provider.ts';

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function world(answer: Act, options?: TestProxyOptions): Promise<FailingProvider> {
  const here = await failingProvider(answer, options);
  closing.push(here.proxied.close);
  return here;
}

const quick = (more = ''): TestProxyOptions => ({ file: `breaker: { recoverySeconds: 1, probeSeconds: 5${more} }` });

// Each waits for a second: they wait together.
describe.concurrent('a circuit that has been open for its time', () => {
  it('is tried by one of ten requests, slow as it may be, while the others are refused at once', async () => {
    const here = await world(neverAnswering, quick());
    await openProvider(here, anthropic);
    await recovered(here, anthropic);
    const held = holding(reply(200, anthropic.ok));
    here.upstream.answer = held.act;
    const statuses: number[] = [];
    const asked = Array.from({ length: 10 }, async () => {
      const answer = await here.ask(anthropic);
      statuses.push(answer.status);
      return answer;
    });
    await vi.waitFor(() => expect(statuses).toEqual(Array.from({ length: 9 }, () => 503)));
    expect(here.seen()).toBe(threshold + 1);
    expect(await here.circuit(anthropic)).toMatchObject({ state: 'half_open' });
    held.release();
    const answers = await Promise.all(asked);
    for (const answer of answers.filter(({ status }) => status === 503)) {
      expect(expectRefusal(answer, 503, 'circuit_open')).toContain('is being tried again by another request');
      expect(headerOf(answer, 'retry-after')).toBe('1');
    }
    expect(statuses.at(-1)).toBe(200);
    expect(await here.circuit(anthropic)).toMatchObject({ state: 'closed', failures_in_window: 0 });
    const outcomes = (await here.proxied.proxy.recent()).slice(0, 10).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'rejected_circuit')).toHaveLength(9);
    expect(await here.metrics('tokenpak_circuit_probe_total', 'anthropic')).toMatchObject({ success: 1, failure: 0 });
    await here.proxied.unharmed(threshold + 1);
  });

  it('lets everybody pass from the first event of a stream on', async () => {
    const here = await world(neverAnswering, quick());
    await openProvider(here, anthropic);
    await recovered(here, anthropic);
    here.upstream.answer = saying(
      'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nevent: message_start\ndata: {"type":"message_start","message":{}}\n\n',
    );
    const probe = here.proxied.connect();
    await probe.send(here.proxied.bytesOf(here.parts(anthropic, anthropic.model, true)));
    await probe.response({ toHead: true });
    await vi.waitFor(async () => expect((await here.circuit(anthropic)).state).toBe('closed'));
    here.upstream.answer = saying(reply(200, anthropic.ok));
    expect((await here.ask(anthropic)).status).toBe(200);
    await probe.reset();
  });

  it.each([
    [429, 'closed', 'alive'],
    [400, 'closed', 'alive'],
    [401, 'closed', 'alive'],
    [500, 'open', 'failure'],
    [408, 'open', 'failure'],
  ])('is %2$s after a %1$d', async (status, state, result) => {
    const here = await world(neverAnswering, quick());
    await openProvider(here, openai);
    await recovered(here, openai);
    here.upstream.answer = saying(reply(status, openai.failed));
    const answer = await here.ask(openai);
    expect([answer.status, answer.body.toString()]).toEqual([status, openai.failed]);
    expect(await here.circuit(openai)).toMatchObject({ state });
    expect((await here.ask(openai)).status).toBe(state === 'open' ? 503 : status);
    expect(await here.metrics('tokenpak_circuit_probe_total', 'openai')).toMatchObject({ success: 0, [result]: 1 });
  });

  it('opens again when trying fails, and is tried again after the same time', async () => {
    const here = await world(neverAnswering, quick());
    await openProvider(here, gemini);
    await recovered(here, gemini);
    const held = holding(reply(500, gemini.failed));
    here.upstream.answer = held.act;
    const probe = here.ask(gemini);
    await vi.waitFor(() => expect(here.seen()).toBe(threshold + 1));
    expectRefusal(await here.ask(gemini), 503, 'circuit_open');
    held.release();
    expect((await probe).status).toBe(500);
    const refused = await here.ask(gemini);
    expectRefusal(refused, 503, 'circuit_open');
    expect(headerOf(refused, 'retry-after')).toMatch(/^[12]$/);
    await recovered(here, gemini);
    here.upstream.answer = saying(reply(200, gemini.ok));
    expect((await here.ask(gemini)).status).toBe(200);
    expect(await here.circuit(gemini)).toMatchObject({ state: 'closed' });
    await here.proxied.unharmed(threshold + 2);
  });

  it.each([
    ['says nothing', neverAnswering],
    ['sends a head and nothing more', saying('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n')],
  ] as const)('opens again when the provider %s for the time of a probe', async (_, act) => {
    const here = await world(neverAnswering, { file: 'breaker: { recoverySeconds: 1, probeSeconds: 1 }' });
    await openProvider(here, anthropic);
    await recovered(here, anthropic);
    here.upstream.answer = act;
    const answer = await here.ask(anthropic, anthropic.model, true);
    expect(expectRefusal(answer, 504, 'upstream_timeout')).toContain('did not begin to answer within 1000 ms');
    await vi.waitFor(() => expect(here.proxied.upstream.ends).toMatchObject([{ by: 'client' }]));
    expect((await here.proxied.proxy.recent())[0]).toMatchObject({ outcome: 'upstream_timeout' });
    expect(await here.circuit(anthropic)).toMatchObject({ state: 'open', last_failure: 'upstream_timeout' });
    expectRefusal(await here.ask(anthropic), 503, 'circuit_open');
    await recovered(here, anthropic);
    here.upstream.answer = saying(reply(200, anthropic.ok));
    expect((await here.ask(anthropic)).status).toBe(200);
    expect(await here.circuit(anthropic)).toMatchObject({ state: 'closed' });
    await here.proxied.unharmed(threshold + 2);
  });

  it('is tried by the next request at once when the client of the first one leaves', async () => {
    const here = await world(neverAnswering, quick());
    await openProvider(here, anthropic);
    await recovered(here, anthropic);
    here.upstream.answer = neverAnswering;
    const probe = here.proxied.connect();
    await probe.send(here.proxied.bytesOf(here.parts(anthropic)));
    await vi.waitFor(() => expect(here.seen()).toBe(threshold + 1));
    expectRefusal(await here.ask(anthropic), 503, 'circuit_open');
    await probe.reset();
    expect((await here.proxied.proxy.over(threshold + 2))[0]).toMatchObject({ outcome: 'client_abort' });
    expect(await here.circuit(anthropic)).toMatchObject({ state: 'half_open', retry_after_seconds: 0 });
    here.upstream.answer = saying(reply(200, anthropic.ok));
    expect((await here.ask(anthropic)).status).toBe(200);
    expect(await here.circuit(anthropic)).toMatchObject({ state: 'closed' });
    expect(await here.metrics('tokenpak_circuit_probe_total', 'anthropic')).toMatchObject({ neutral: 1, success: 1 });
    await here.proxied.unharmed(threshold + 2);
  });
});
