import { afterEach, describe, expect, it } from 'vitest';
import { startProxy, type TestProxy } from './support/proxy.ts';

type Reload = Parameters<TestProxy['proxy']['reload']>[0];

/** Reads `/events` until as many notices have come. */
async function noticesOf(url: string, count: number, cause: () => Promise<unknown>): Promise<unknown[]> {
  const reader = (await fetch(`${url}/events`)).body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value ?? '';
  await cause();
  for (;;) {
    const notices = [...text.matchAll(/^event: notice\ndata: (.*)\n\n/gm)].map(
      ([, data]) => JSON.parse(data!) as unknown,
    );
    if (notices.length >= count) {
      await reader.cancel();
      return notices;
    }
    text += (await reader.read()).value ?? '';
  }
}

describe('who follows the events', () => {
  let proxy: TestProxy;
  afterEach(() => proxy.close());

  it('is told when the configuration was read again, and when a breaker was set', async () => {
    let config: Reload | null = null;
    proxy = await startProxy({ change: (loaded) => (config = loaded) });
    const notices = await noticesOf(proxy.url, 2, async () => {
      await proxy.proxy.reload(config!);
      await proxy.proxy.change({ kind: 'breaker', name: 'openai', to: 'open' });
    });
    expect(notices).toMatchObject([
      { code: 'reload', message: 'the configuration has been read again', skipped: null },
      { code: 'circuit', message: expect.stringMatching(/^circuit breaker of openai is forced open:/) },
    ]);
  });
});
