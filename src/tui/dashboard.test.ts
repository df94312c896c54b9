import { Chalk } from 'chalk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { endedJson, healthJson, snapshotJson } from '../../test/support/dashboard.ts';
import { FakeProxy } from '../../test/support/fake-proxy.ts';
import { exampleTrace } from '../../test/support/screen/example-requests.ts';
import { ScreenTerminal, TestInput } from '../../test/support/screen-terminal.ts';
import { type Dashboard, type DashboardHandlers, type DashboardOptions, openDashboard } from './dashboard.ts';

const escape = '\u001B';

let proxy: FakeProxy;
let port: number;
let dashboard: Dashboard | null;
beforeEach(async () => {
  dashboard = null;
  proxy = new FakeProxy();
  proxy.answers = {
    '/stats': snapshotJson(),
    '/health': healthJson({
      circuit_breakers: { anthropic: { state: 'open', retry_after_seconds: 12, last_failure: null, models: {} } },
    }),
    '/recent?limit=500': { version: 1, requests: [recent('a', 200), recent('b', 200), recent('c', 500)].toReversed() },
  };
  port = await proxy.listen();
});
afterEach(async () => {
  dashboard?.close();
  vi.useRealTimers();
  await proxy.die();
});

let seconds = 0;
/** Each one newer than those before. */
function recent(id: string, status: number): ReturnType<typeof endedJson> {
  const time = new Date(Date.UTC(2026, 10, 22, 12) + ++seconds * 1000).toISOString();
  return endedJson(id, { time, status, model: `model-${id}` });
}

const patienceMs = 15_000;

/** Lets others go on until the check passes, however long that takes: a test that waits in vain times out. */
async function until(check: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setImmediate(resolve));
}

interface Opened {
  readonly terminal: ScreenTerminal;
  readonly input: TestInput;
  readonly handlers: { readonly [Name in keyof DashboardHandlers]: ReturnType<typeof vi.fn<DashboardHandlers[Name]>> };
  readonly type: (bytes: string) => void;
  /** Waits until the screen shows a text, and gives all of it. */
  readonly shows: (text: string | RegExp) => Promise<string>;
}

async function open(more: Partial<DashboardOptions> & { readonly keys?: boolean } = {}): Promise<Opened> {
  const { keys = true, ...options } = more;
  const terminal = new ScreenTerminal(80, 24);
  terminal.write('$ tokenpak start\r\n');
  const input = new TestInput();
  const handlers: Opened['handlers'] = {
    leave: vi.fn<DashboardHandlers['leave']>(),
    stop: vi.fn<DashboardHandlers['stop']>(),
    lost: vi.fn<DashboardHandlers['lost']>(),
    change: vi.fn<DashboardHandlers['change']>(() => Promise.resolve('it was changed')),
    curl: vi.fn<DashboardHandlers['curl']>(({ row }) => `curl of ${row?.id}`),
    page: vi.fn<DashboardHandlers['page']>(() => Promise.resolve()),
  };
  dashboard = openDashboard({
    ...{ url: `http://127.0.0.1:${port}`, token: null, readOnly: false, ascii: false, pauseUnfocused: false },
    ...{ device: { output: terminal, input: keys ? input : null }, color: new Chalk({ level: 0 }) },
    ...{ suspended: '', handlers, ...options },
  });
  // Ink begins to listen after its first frame.
  await until(() => input.raw === keys);
  const screen = async (): Promise<string> => (await terminal.lines()).join('\n');
  return {
    ...{ terminal, input, handlers },
    type: (bytes) => void input.emit('data', Buffer.from(bytes)),
    shows: async (text) => {
      const pattern = new RegExp(text, 'u');
      const giveUpAt = performance.now() + patienceMs;
      await until(async () => pattern.test(await screen()) || performance.now() > giveUpAt);
      expect(await screen()).toMatch(pattern);
      return screen();
    },
  };
}

describe('the dashboard', () => {
  it('says at once that it connects, and then shows what the proxy has to tell', async () => {
    const { terminal, shows } = await open();
    const first = await terminal.lines();
    expect(first[0]).toContain('CONNECTING');
    expect(first.at(-1)).toContain('? help  q leave');
    await shows('model-c');
    const screen = await shows('OPEN');
    expect(screen).toMatch(/^ tokenpak {2}UP 00:00:01 {2}127\.0\.0\.1:\d+ /u);
    expect(screen).toMatch(/>\S+ 500 model-c .*\n.* 200 model-b .*\n.* 200 model-a /u);
    expect(screen).toContain('anthropic OPEN');
  });

  it('shows what happens', async () => {
    const { shows } = await open();
    await shows('model-c');
    proxy.tell('ended', recent('d', 200));
    await shows(/>\S+ 200 model-d/u);
    proxy.tell('notice', { message: 'something was said', skipped: null });
    await shows('something was said');
    dashboard!.notice('warn', 'by the program itself');
    await shows('! .* by the program itself');
  });

  it('reads keys from the bytes of a terminal, however they come', async () => {
    const { type, shows } = await open();
    await shows('model-c');
    type(`${escape}[B`);
    await shows(/>\S+ 200 model-b/u);
    type(`${escape}[`);
    type('B');
    await shows(/>\S+ 200 model-a/u);
    type(`k${escape}OA`);
    await shows(/>\S+ 500 model-c/u);
    type(`${escape}[<0;10;5M?`);
    await shows('shift-tab back');
    type(escape);
    await shows('model-c');
    type('e');
    await shows('> {2}events');
  });

  it('shows the filtered requests, and says so', async () => {
    const { type, shows } = await open();
    await shows('model-c');
    type('/status');
    await shows('/ status');
    type('>=x');
    await shows('/ status>=x .*\\w');
    type('\u007F500\r');
    const screen = await shows('1 of 3 {2}filter status>=500');
    expect(screen).toContain('model-c');
    expect(screen).not.toContain('model-b');
    type(escape);
    await shows('3 of 3');
  });

  it('asks for what it shows of one request', async () => {
    proxy.answers['/trace/c'] = exampleTrace({ id: 'c' });
    const { type, shows } = await open();
    await shows('model-c');
    type('\r');
    expect(await shows('timeline ms .* began at')).toContain('POST /v1/messages');
    type('j');
    expect(await shows('requests > b')).toContain('model-b');
    await shows('keeps no trace of it any more');
    expect(proxy.asked.filter((url) => url.startsWith('/trace/'))).toEqual(['/trace/c', '/trace/b']);
  });

  it('stands still while it is paused, and answers keys all the same', async () => {
    const { type, shows } = await open();
    await shows('model-c');
    type('p');
    await shows('paused');
    proxy.tell('ended', recent('d', 200));
    await proxy.barrier();
    type('j');
    expect(await shows(/>\S+ 200 model-b/u)).not.toContain('model-d');
    type('p');
    const screen = await shows('model-d');
    expect(screen).not.toContain('paused');
  });

  it('goes on, if more slowly, while it has not the focus', async () => {
    const { terminal, type, shows } = await open();
    await shows('model-c');
    expect(terminal.emulator.modes.sendFocusMode).toBe(true);
    type(`${escape}[O`);
    proxy.tell('ended', recent('d', 200));
    await shows('model-d');
  });

  it('fits whatever size the terminal gets', async () => {
    const { terminal, shows } = await open();
    await shows('model-c');
    terminal.resize(60, 15);
    expect(await shows('─ overview ─')).toContain('model-c');
    terminal.resize(20, 5);
    const lines = (await shows('^pak ')).split('\n');
    expect(lines.slice(1)).toEqual(['', '', '', '']);
    terminal.resize(140, 40);
    await shows('6 sessions');
  });

  it('says that nobody answers, and shows the proxy again once it is back', async () => {
    const { shows } = await open();
    await shows('model-c');
    await proxy.die();
    await shows('LOST');
    await shows('! .* the proxy does not answer');
    proxy.answers['/stats'] = snapshotJson({ instance: 'two' });
    await proxy.listen(port);
    await shows('UP 00:00:01');
    await shows('the proxy answers again');
  });

  it('takes back by itself what it said, unless it was said again meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const { terminal, type } = await open();
    const saysAfter = async (ms: number, text: string): Promise<void> => {
      await vi.advanceTimersByTimeAsync(ms);
      await until(async () => {
        const lines = terminal.lines();
        await vi.advanceTimersByTimeAsync(1);
        return (await lines).at(-1)!.includes(text);
      });
    };
    type('X');
    await saysAfter(100, 'not available');
    await vi.advanceTimersByTimeAsync(4900);
    type('X');
    await saysAfter(4900, 'not available');
    await saysAfter(1100, 'q leave');
  });

  it('says that keys are not read where they cannot be', async () => {
    const { shows } = await open({ keys: false });
    await shows('keys are not read: standard input is no terminal');
  });
});

describe('what the keys of the dashboard ask for', () => {
  it('is done by others: to leave, to stop', async () => {
    const { type, handlers, shows } = await open();
    await shows('model-c');
    type('q\u0003');
    await until(() => handlers.stop.mock.calls.length === 1);
    expect(handlers.leave).toHaveBeenCalledTimes(1);
  });

  it('is changed once it was asked, and what came of it is said', async () => {
    const { type, handlers, shows } = await open();
    await shows('OPEN');
    type('B');
    await shows('breaker of anthropic: .*\\? {2}y yes');
    type('n');
    await shows('q leave');
    expect(handlers.change).not.toHaveBeenCalled();
    type('By');
    await shows('it was changed');
    expect(handlers.change).toHaveBeenCalledWith({ type: 'breaker', name: 'anthropic', to: 'close' });
    handlers.change.mockRejectedValueOnce(new Error('the proxy says no'));
    type('By');
    await shows('the proxy says no');
  });

  it('is not even asked of a proxy that is only looked at', async () => {
    const { type, handlers, shows } = await open({ readOnly: true });
    await shows('read-only');
    type('By');
    await until(() => proxy.asked.length > 3);
    expect(handlers.change).not.toHaveBeenCalled();
  });

  it('is put on the clipboard of the terminal', async () => {
    const { terminal, type, shows } = await open();
    await shows('model-c');
    type('jy');
    await shows('copied as curl');
    expect(terminal.writes).toContain(`${escape}]52;c;${Buffer.from('curl of b').toString('base64')}\u0007`);
  });

  it('is shown by a pager, that has the terminal for itself meanwhile', async () => {
    proxy.answers['/trace/c'] = exampleTrace({ id: 'c' });
    const { terminal, input, type, handlers, shows } = await open();
    await shows('model-c');
    let close: () => void = () => undefined;
    handlers.page.mockImplementationOnce(() => new Promise<void>((resolve) => (close = resolve)));
    type('J');
    await until(() => handlers.page.mock.calls.length === 1);
    expect(JSON.parse(handlers.page.mock.calls[0]![0])).toMatchObject({ row: { id: 'c' }, trace: { id: 'c' } });
    expect({ raw: input.raw, flowing: input.flowing }).toEqual({ raw: false, flowing: false });
    expect(await terminal.lines()).toContain('$ tokenpak start');
    close();
    await shows('model-c');
    expect({ raw: input.raw, flowing: input.flowing }).toEqual({ raw: true, flowing: true });
    handlers.page.mockRejectedValueOnce(new Error('there is no pager'));
    type('J');
    await shows('there is no pager');
  });
});

describe('the end of the dashboard', () => {
  it('gives the terminal back, and leaves nothing behind', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    const settle = async (terminal: ScreenTerminal): Promise<string[]> => {
      const lines = terminal.lines();
      await vi.advanceTimersByTimeAsync(1);
      return lines;
    };
    const { terminal, input } = await open();
    await until(() => proxy.asked.includes('/health'));
    dashboard!.close();
    dashboard!.close();
    const written = terminal.writes.length;
    expect((await settle(terminal)).slice(0, 2)).toEqual(['$ tokenpak start', '']);
    expect(terminal.emulator.buffer.active.type).toBe('normal');
    expect(terminal.emulator.modes).toMatchObject({ wraparoundMode: true, sendFocusMode: false });
    expect(terminal.writes.join('').lastIndexOf(`${escape}[?25h`)).toBeGreaterThan(
      terminal.writes.join('').lastIndexOf(`${escape}[?25l`),
    );
    expect(input.raw).toBe(false);
    expect(input.listenerCount('data')).toBe(0);
    dashboard!.notice('warn', 'too late');
    terminal.resize(60, 15);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(terminal.writes.length).toBe(written);
    expect(vi.getTimerCount()).toBe(0);
    await until(() => [...proxy.readers].every((reader) => reader.destroyed));
  });

  it('comes with the terminal: whoever runs it is told once', async () => {
    const { terminal, handlers, shows } = await open();
    await shows('model-c');
    terminal.emit('error', new Error('EIO'));
    terminal.emit('error', new Error('EIO'));
    expect(handlers.lost).toHaveBeenCalledTimes(1);
  });
});

describe('what the dashboard asks of the proxy', () => {
  it('is less while nobody looks', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const asked = (): number => proxy.asked.filter((url) => url === '/health').length;
    const { type } = await open();
    const polled = async (times: number): Promise<void> => {
      await until(() => asked() === times);
      // And its answer was read, so that the next time is set.
      const timers = vi.getTimerCount();
      await until(() => vi.getTimerCount() >= Math.min(timers, 2));
      await proxy.barrier();
    };
    await polled(1);
    vi.advanceTimersByTime(1000);
    await polled(2);
    type('p');
    await proxy.barrier();
    vi.advanceTimersByTime(1000);
    await polled(3);
    for (let second = 0; second < 4; second++) {
      vi.advanceTimersByTime(1000);
      await proxy.barrier();
    }
    expect(asked()).toBe(3);
    vi.advanceTimersByTime(1000);
    await polled(4);
    type('p');
    await polled(5);
  });
});
