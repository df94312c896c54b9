import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ScreenTerminal, TestInput } from '../../test/support/screen-terminal.ts';
import { type Host, TerminalSession } from './terminal-session.ts';

class TestHost extends EventEmitter implements Host {
  readonly kills: string[] = [];

  kill(pid: number, signal: string): void {
    this.kills.push(`${signal} ${pid}`);
  }
}

class BlockingTerminal extends ScreenTerminal {
  /** The emulator reads what it was sent when a timer says so. */
  override settled(): Promise<void> {
    const settled = super.settled();
    vi.advanceTimersByTime(1);
    return settled;
  }

  readonly blocking: boolean[] = [];
  readonly _handle = { setBlocking: (blocking: boolean) => this.blocking.push(blocking) };
}

function open() {
  const terminal = new BlockingTerminal(20, 3);
  const input = new TestInput();
  const host = new TestHost();
  const onFocus = vi.fn<(focused: boolean) => void>();
  const onResume = vi.fn<() => void>();
  const session = new TerminalSession({ device: { output: terminal, input }, onFocus, onResume, host });
  terminal.write('$ ');
  session.start();
  session.input!.setRawMode(true);
  session.screen.write('frame');
  return { terminal, input, host, onFocus, onResume, session };
}

async function expectGivenBack({ terminal, input }: { terminal: ScreenTerminal; input: TestInput }): Promise<void> {
  expect(await terminal.lines()).toEqual(['$ ', '', '']);
  expect(terminal.emulator.buffer.active.type).toBe('normal');
  expect(terminal.emulator.modes).toMatchObject({ wraparoundMode: true, sendFocusMode: false });
  expect(terminal.writes.join('').lastIndexOf('\u001B[?25h')).toBeGreaterThan(
    terminal.writes.join('').lastIndexOf('\u001B[?25l'),
  );
  expect(input.raw).toBe(false);
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

describe('the terminal', () => {
  it('is taken, and given back when the session is closed', async () => {
    const opened = open();
    expect(await opened.terminal.lines()).toEqual(['frame', '', '']);
    expect(opened.input.raw).toBe(true);
    opened.session.close();
    await expectGivenBack(opened);
    const writes = opened.terminal.writes.length;
    opened.session.close();
    opened.host.emit('exit');
    opened.host.emit('SIGCONT');
    opened.session.screen.write('late frame');
    expect(opened.terminal.writes).toHaveLength(writes);
    expect(opened.host.listenerCount('exit') + opened.host.listenerCount('SIGCONT')).toBe(0);
  });

  it('is given back when the process exits, whatever the reason', async () => {
    const opened = open();
    opened.host.emit('exit');
    await expectGivenBack(opened);
  });

  it('is given back though it cannot be set any more', () => {
    const { session, input, terminal } = open();
    input.setRawMode = () => {
      throw new Error('EIO');
    };
    session.close();
    expect(terminal.writes.at(-1)).toContain('\u001B[?1049l');
  });

  it('does not hold up the thread while it is shown, and gets the last bytes unless it is behind', () => {
    const { session, terminal } = open();
    expect(terminal.blocking).toEqual([false]);
    session.close();
    expect(terminal.blocking).toEqual([false, true]);
    const stalled = open();
    stalled.terminal.keepsUp = false;
    stalled.session.screen.write('frame that nobody reads');
    stalled.session.close();
    expect(stalled.terminal.blocking).toEqual([false]);
  });

  it('tells focus only when it was asked to', () => {
    const { input, onFocus, terminal } = open();
    input.emit('data', '\u001B[O');
    expect(onFocus).toHaveBeenCalledExactlyOnceWith(false);
    expect(terminal.writes.join('')).toContain('\u001B[?1004h');
    const other = new ScreenTerminal();
    new TerminalSession({ device: { output: other, input: null }, host: new TestHost() }).start();
    expect(other.writes.join('')).not.toContain('1004');
  });
});

describe('suspending', () => {
  it('gives the terminal back, stops the whole job, and comes back when it is continued', async () => {
    const opened = open();
    const { session, host, input, terminal, onResume } = opened;
    session.suspend();
    await expectGivenBack(opened);
    expect(host.kills).toEqual(['SIGTSTP 0']);
    session.screen.write('newer frame');
    await expectGivenBack(opened);
    host.emit('SIGCONT');
    expect(input.raw).toBe(true);
    expect(await terminal.lines()).toEqual(['newer frame', '', '']);
    expect(onResume).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1000);
    expect(onResume).toHaveBeenCalledTimes(1);
    session.close();
    await expectGivenBack(opened);
  });

  it('comes back by itself where nothing could continue it', async () => {
    const { session, terminal, input } = open();
    session.suspend();
    vi.advanceTimersByTime(250);
    expect(input.raw).toBe(true);
    expect(await terminal.lines()).toEqual(['frame', '', '']);
  });

  it('paints anew after somebody else has stopped the process, in the size that the terminal has then', async () => {
    const { host, terminal, input, onResume } = open();
    input.raw = false;
    terminal.write('\u001B[?1049l$ fg\r\n');
    host.on('SIGWINCH', () => terminal.resize(10, 2));
    host.emit('SIGCONT');
    expect(await terminal.lines()).toEqual(['frame', '']);
    expect(input.raw).toBe(true);
    expect(onResume).toHaveBeenCalledTimes(1);
  });

  it('is nothing for a session that is not shown', () => {
    const { session, host } = open();
    session.close();
    session.suspend();
    vi.advanceTimersByTime(1000);
    expect(host.kills).toEqual([]);
  });
});

describe('lending', () => {
  it('gives the terminal to somebody else, keys and all, and takes it back when that is done', async () => {
    const opened = open();
    const { session, input, terminal, host, onResume } = opened;
    await session.lend(async () => {
      await expectGivenBack(opened);
      expect(input.flowing).toBe(false);
      host.emit('SIGCONT');
      await expectGivenBack(opened);
      session.screen.write('newer frame');
    });
    expect([input.raw, input.flowing]).toEqual([true, true]);
    expect(await terminal.lines()).toEqual(['newer frame', '', '']);
    expect(onResume).toHaveBeenCalledTimes(1);
  });

  it('takes it back from a borrower who failed, unless the session is over', async () => {
    const { session, terminal } = open();
    await expect(session.lend(() => Promise.reject(new Error('no pager')))).rejects.toThrow('no pager');
    expect(await terminal.lines()).toEqual(['frame', '', '']);
    const over = open();
    await over.session.lend(async () => over.session.close());
    await expectGivenBack(over);
  });
});
