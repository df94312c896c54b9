import { afterEach, describe, expect, it, vi } from 'vitest';
import { openSource, type Source } from '../src/tui/source.ts';
import type { DashboardState } from '../src/tui/state.ts';
import { DashboardStore } from '../src/tui/store.ts';
import { proxiedUpstream, type ProxiedUpstream } from './support/proxied-upstream.ts';

const message = JSON.stringify({
  ...{ type: 'message', model: 'claude-opus-5-5', content: [] },
  usage: { input_tokens: 1000, cache_read_input_tokens: 3000, cache_creation_input_tokens: 0, output_tokens: 500 },
});
const budgets = 'budgets:\n  - { name: day, per: all, usd: 20, window: day, mode: hard }\n';
const request = {
  path: '/p/web/v1/messages',
  headers: ['Content-Type: application/json', 'x-api-key: k', 'User-Agent: claude-cli/2.1'],
  body: JSON.stringify({ model: 'claude-opus-5-5', max_tokens: 9, messages: [] }),
};

describe('the store of the dashboard, beside a real proxy', () => {
  let proxied: ProxiedUpstream;
  let source: Source;
  let answer = (): void => undefined;
  afterEach(async () => {
    source.close();
    await proxied.close();
  });

  it('shows a request from its begin to its end, with all that the proxy tells', async () => {
    proxied = await proxiedUpstream(
      async (connection) => {
        await connection.read();
        await new Promise<void>((resolve) => (answer = resolve));
        const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nanthropic-ratelimit-requests-limit: 50\r\n`;
        await connection.write(`${head}Content-Length: ${message.length}\r\n\r\n${message}`);
      },
      { file: budgets },
    );
    const { url } = proxied.proxy;
    const store = new DashboardStore({ url, readOnly: false, now: Date.now() });
    source = openSource({ baseUrl: url, token: null, store, activeMs: 20 });
    const state = (): DashboardState => {
      store.publish(Date.now());
      return store.getSnapshot();
    };
    const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 10 });

    await until(() => expect(state().health?.status).toBe('ok'));
    const asked = proxied.ask(request);
    await until(() => expect(state().requests).toMatchObject([{ project: 'web', totalMs: null, status: null }]));
    await until(() => expect(state().snapshot!.in_flight).toBe(1));
    answer();
    await asked;
    await until(() => expect(state().requests[0]!.status).toBe(200));
    await until(() => expect(state().snapshot).toMatchObject({ in_flight: 0, run: { requests: 1 } }));
    const { requests, snapshot, slices, connection } = state();
    const [row] = requests;
    expect(connection).toEqual({ state: 'live' });
    expect(row).toMatchObject({ model: 'claude-opus-5-5', provider: 'anthropic', tokens: { output: 500 } });
    expect(row!.costUsd).toBeGreaterThan(0);
    const spent = slices(1, 60).reduce((sum, { costUsd }) => sum + costUsd, 0);
    expect(spent).toBeCloseTo(snapshot!.run.cost_usd, 12);
    expect(snapshot!.budgets).toMatchObject([{ name: 'day', accounts: [{ spent: row!.costUsd }] }]);
    expect(snapshot!.providers.anthropic!.quota).toMatchObject([{ name: 'requests', limit: 50 }]);
    const trace = await source.detail(row!.id);
    expect(trace).toMatchObject({ id: row!.id, cost_parts: [{ class: 'input' }, {}, {}] });
    expect(trace!.headers!.request).toContainEqual(['x-api-key', '[redacted]']);
  });
});
