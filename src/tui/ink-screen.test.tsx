import { EventEmitter } from 'node:events';
import { Box, type Key, render, Text } from 'ink';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ScreenTerminal, TestInput } from '../../test/support/screen-terminal.ts';
import { type LineStore, openInkScreen } from './ink-screen.tsx';
import { Screen } from './screen.ts';
import { TerminalSession } from './terminal-session.ts';

class TestStore extends EventEmitter implements LineStore {
  #lines: readonly string[];

  constructor(lines: readonly string[]) {
    super();
    this.#lines = lines;
  }

  readonly lines = (): readonly string[] => this.#lines;
  readonly subscribe = (onChange: () => void): (() => void) => {
    this.on('change', onChange);
    return () => this.off('change', onChange);
  };

  show(lines: readonly string[]): void {
    this.#lines = lines;
    this.emit('change');
  }
}

let close: () => void = () => undefined;
afterEach(() => close());

async function open({ lines, keys = true }: { lines: readonly string[]; keys?: boolean }) {
  const terminal = new ScreenTerminal(80, 24);
  terminal.write('$ tokenpak start\r\n');
  const input = new TestInput();
  const store = new TestStore(lines);
  const onKey = vi.fn<(input: string, key: Key) => void>();
  const onFrame = vi.fn<(tookMs: number) => void>();
  const session = new TerminalSession({
    device: { output: terminal, input: keys ? input : null },
    host: Object.assign(new EventEmitter(), { kill: () => undefined }),
  });
  session.start();
  const { unmount } = openInkScreen({ session, store, onKey, onFrame });
  close = unmount;
  // Ink begins to listen in effects, which come after its first frame.
  await vi.waitFor(() => expect(store.listenerCount('change') === 1 && input.raw === keys).toBe(true));
  return { terminal, input, store, onKey, onFrame, session, unmount };
}

const full = (text: string): string[] => Array.from({ length: 24 }, (_, row) => `${text} ${row}`);

describe('a screen drawn by Ink', () => {
  it('shows the rows of the store, and what becomes of them, over the whole height', async () => {
    const { terminal, store, onFrame } = await open({ lines: full('row') });
    expect(await terminal.lines()).toEqual(full('row'));
    store.show(full('row').with(3, '\u001B[31mred\u001B[0m').with(23, 'last'));
    await vi.waitFor(() => expect(onFrame).toHaveBeenCalledTimes(1));
    expect(await terminal.lines()).toEqual(full('row').with(3, 'red').with(23, 'last'));
    expect(terminal.writes.at(-1)).toBe(
      '\u001B[?2026h\u001B[4;1H\u001B[31mred\u001B[m\u001B[K\u001B[24;1Hlast\u001B[K\u001B[?2026l',
    );
    store.show([]);
    await vi.waitFor(() => expect(onFrame).toHaveBeenCalledTimes(2));
    expect(await terminal.lines()).toEqual(full('').map(() => ''));
  });

  it('shows rows as they are, though they contain what stands for rows', async () => {
    const { terminal } = await open({ lines: ['\uE001 \uE000', '', 'third '.repeat(20)] });
    const lines = await terminal.lines();
    expect(lines.slice(0, 3)).toEqual(['\uE001 \uE000', '', 'third '.repeat(20).slice(0, 80)]);
  });

  it('is painted anew when the terminal has another size', async () => {
    const { terminal, store } = await open({ lines: full('row') });
    terminal.resize(6, 2);
    expect(await terminal.lines()).toEqual(['row 0', 'row 1']);
    store.show(['a row that is too long', 'b']);
    await vi.waitFor(async () => expect(await terminal.lines()).toEqual(['a row', 'b']));
  });

  it('tells keys one by one', async () => {
    const { input, onKey } = await open({ lines: ['row'] });
    input.emit('data', Buffer.from('jj\u001B[A\r\u0003\u001B[<0;10;5M'));
    await vi.waitFor(() => expect(onKey).toHaveBeenCalledTimes(5));
    expect(onKey.mock.calls.map(([text]) => text)).toEqual(['j', 'j', '', '\r', 'c']);
    expect(onKey.mock.calls[2]![1]).toMatchObject({ upArrow: true });
    expect(onKey.mock.calls[3]![1]).toMatchObject({ return: true });
    expect(onKey.mock.calls[4]![1]).toMatchObject({ ctrl: true });
  });

  it('has no keys where standard input is no terminal', async () => {
    const { terminal, input } = await open({ lines: ['row'], keys: false });
    expect((await terminal.lines())[0]).toBe('row');
    expect(input.listenerCount('data')).toBe(0);
  });

  it('gives the terminal back when it is unmounted', async () => {
    const { terminal, input, store, unmount } = await open({ lines: full('row') });
    unmount();
    expect((await terminal.lines()).slice(0, 2)).toEqual(['$ tokenpak start', '']);
    expect(terminal.emulator.buffer.active.type).toBe('normal');
    expect(input.raw).toBe(false);
    const writes = terminal.writes.length;
    store.show(['late']);
    terminal.resize(30, 5);
    unmount();
    expect(terminal.writes).toHaveLength(writes);
  });

  it('leaves nothing behind in the log of performance measurements', async () => {
    const { store, onFrame } = await open({ lines: ['0'] });
    store.show(['1']);
    await vi.waitFor(() => expect(onFrame).toHaveBeenCalledTimes(1));
    expect(performance.getEntriesByType('measure')).toEqual([]);
  });
});

it('lets Ink take a screen for its standard output', async () => {
  const terminal = new ScreenTerminal(80, 24);
  const screen = new Screen(terminal);
  screen.enter();
  const view = (count: number): React.ReactNode => (
    <Box flexDirection="column" width={80} height={24} justifyContent="space-between" borderStyle="round">
      <Text color="green">count {count}</Text>
      <Text>bottom</Text>
    </Box>
  );
  const { rerender, unmount } = render(view(1), {
    stdout: screen as unknown as NodeJS.WriteStream,
    stdin: new EventEmitter() as unknown as NodeJS.ReadStream,
    debug: true,
    patchConsole: false,
    exitOnCtrlC: false,
  });
  const expected = (count: number): string[] => [
    `╭${'─'.repeat(78)}╮`,
    `│${`count ${count}`.padEnd(78)}│`,
    ...Array.from({ length: 20 }, () => `│${' '.repeat(78)}│`),
    `│${'bottom'.padEnd(78)}│`,
    `╰${'─'.repeat(78)}╯`,
  ];
  expect(await terminal.lines()).toEqual(expected(1));
  rerender(view(2));
  expect(await terminal.lines()).toEqual(expected(2));
  expect(terminal.writes.at(-1)).toBe('\u001B[?2026h\u001B[2;8H2\u001B[?2026l');
  expect(terminal.writes.join('')).not.toContain('\u001B[3J');
  unmount();
  screen.close();
});
