import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScreenTerminal } from '../../test/support/screen-terminal.ts';
import { cellWidth } from './cells.ts';
import { Screen } from './screen.ts';

function open(columns?: number, rows?: number): { terminal: ScreenTerminal; screen: Screen } {
  const terminal = new ScreenTerminal(columns, rows);
  const screen = new Screen(terminal);
  screen.enter();
  return { terminal, screen };
}

const styles = ['', '31', '32', '1', '2', '1;2', '1;31', '42', '7', '4', '38;5;200', '38;2;1;2;3;48;5;7', '9;3'];
const span = fc.tuple(
  fc.constantFrom(...styles),
  fc.array(fc.constantFrom('a', 'b', ' ', '  ', '─', '█', '⣿', 'é', '世', '界'), { maxLength: 6 }),
);
const row = fc.array(span, { maxLength: 5 });
const step = fc.record({
  frame: fc.array(row, { maxLength: 8 }),
  size: fc.option(fc.record({ columns: fc.integer({ min: 1, max: 16 }), rows: fc.integer({ min: 1, max: 6 }) }), {
    freq: 4,
  }),
});

type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;

/** Painted, without a wide character that has only one cell left: terminals differ in what they make of it. */
function paintedRow(spans: Row, columns: number): string {
  let room = columns;
  return spans
    .map(([style, characters]) => {
      const fitting = characters.filter((character) => {
        const fits = cellWidth(character) <= room;
        room = fits ? room - cellWidth(character) : 0;
        return fits;
      });
      return style === '' ? fitting.join('') : `\u001B[${style}m${fitting.join('')}\u001B[0m`;
    })
    .join('');
}

/** The cells of a terminal on which a frame was painted for the first time, row by row. */
async function cellsOf(frame: readonly string[], columns: number, rows: number): Promise<string[][]> {
  const terminal = new ScreenTerminal(columns, rows);
  terminal.write('\u001B[?7l');
  frame.slice(0, rows).forEach((painted, index) => terminal.write(`\u001B[${index + 1}H\u001B[0m${painted}`));
  return terminal.cells();
}

describe('what stands on the terminal', () => {
  it('is the newest frame, cell by cell, after any updates and resizes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const { terminal, screen } = open(12, 5);
        for (const { frame, size } of steps) {
          if (size !== null) terminal.resize(size.columns, size.rows);
          const painted = frame.map((spans) => paintedRow(spans, terminal.columns));
          screen.write(painted.join('\n'));
          expect(await terminal.cells()).toEqual(await cellsOf(painted, terminal.columns, terminal.rows));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is the newest frame after a list in it was scrolled by any number of rows', async () => {
    const list = fc.record({
      from: fc.nat(12),
      count: fc.nat(7),
      top: fc.integer({ min: 0, max: 2 }),
      live: fc.nat(9),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(list, { minLength: 2, maxLength: 6 }), async (steps) => {
        const { terminal, screen } = open(12, 8);
        for (const { from, count, top, live } of steps) {
          const rows = Array.from({ length: count }, (_, index) => `\u001B[3${(from + index) % 7}m世 ${from + index}`);
          const painted = [...['head', 'more'].slice(0, top), ...rows.slice(0, -1), `${live}`, '\u001B[7mfooter'];
          screen.write(painted.join('\n'));
          expect(await terminal.cells()).toEqual(await cellsOf(painted, 12, 8));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is cut where the frame is larger, and cleared where it is smaller', async () => {
    const { terminal, screen } = open(6, 3);
    screen.write('0123456789\n世界世界\nabcde世\nbelow');
    expect(await terminal.lines()).toEqual(['012345', '世界世', 'abcde']);
    screen.write('x');
    expect(await terminal.lines()).toEqual(['x', '', '']);
    screen.write('');
    expect(await terminal.lines()).toEqual(['', '', '']);
  });

  it('keeps the last column of a full row', async () => {
    const { terminal, screen } = open(10, 2);
    screen.write('│ab     x│\n│        │');
    screen.write('│abc     │\n│       y│');
    expect(await terminal.lines()).toEqual(['│abc     │', '│       y│']);
  });

  it('follows wide characters with what changes behind them', async () => {
    const { terminal, screen } = open(20, 1);
    screen.write('世 and the rest: 1');
    screen.write('界 and the rest: 2');
    expect(await terminal.lines()).toEqual(['界 and the rest: 2']);
  });

  it.each(['👩‍👩‍👧', '👋', 'e\u0301', '\u200B', '☺️', '각', '\u{1F1E9}\u{1F1EA}'])(
    'has its right edge where it belongs behind %j, of which terminals differ about the width',
    async (text) => {
      const { terminal, screen } = open(20, 1);
      const framed = (inner: string): string => `│${inner}${' '.repeat(18 - cellWidth(inner))}│`;
      for (const inner of ['ab', `${text} new`, `${text} older`, `x${text}`, 'plain']) {
        screen.write(framed(inner));
        const [line] = await terminal.lines();
        expect(line).toMatch(/^│.*│$/u);
        expect(terminal.emulator.buffer.active.getLine(0)!.getCell(19)!.getChars()).toBe('│');
        // Terminals disagree about where the cursor is behind the last column: some would clear that.
        expect(terminal.writes.at(-1)).not.toMatch(/│.*\[K/u);
      }
      expect(await terminal.lines()).toEqual([framed('plain')]);
    },
  );

  it('cannot be moved by what a frame contains', async () => {
    const { terminal, screen } = open(20, 3);
    screen.write('a\u001B[2J\u001B[3;1Hb\u0007\u001B]0;title\u0007c\u001B(0d\n\u009B5Ce\u001B');
    expect(await terminal.lines()).toEqual(['abcd', '5Ce', '']);
    expect(terminal.writes.slice(1).join('')).not.toContain('\u001B[2J');
  });

  it('is painted anew after it was resized, down and up', async () => {
    const { terminal, screen } = open(20, 4);
    const sizes: string[] = [];
    screen.on('resize', () => sizes.push(`${screen.columns}x${screen.rows}`));
    screen.write('one\ntwo\nthree\nfour');
    terminal.resize(8, 2);
    screen.write('one\ntwo');
    expect(await terminal.lines()).toEqual(['one', 'two']);
    terminal.resize(30, 5);
    screen.write('one\ntwo\nthree\nfour\nfive');
    expect(await terminal.lines()).toEqual(['one', 'two', 'three', 'four', 'five']);
    expect(sizes).toEqual(['8x2', '30x5']);
  });
});

describe('writing', () => {
  it('is one synchronised write for a frame that differs, and none for one that does not', () => {
    const { terminal, screen } = open();
    screen.write('a\nb\nc');
    expect(terminal.writes.at(-1)).toBe('\u001B[?2026h\u001B[1;1Ha\u001B[2;1Hb\u001B[3;1Hc\u001B[?2026l');
    screen.write('a\nb\nc');
    screen.write('a\nb  \nc');
    expect(terminal.writes).toHaveLength(2);
    expect(screen.written).toEqual({ frames: 1, bytes: Buffer.byteLength(terminal.writes.join('')) });
  });

  it('touches only the cells that changed', () => {
    const { terminal, screen } = open();
    screen.write('clock 12:04:29\n\u001B[31mstate\u001B[39m same');
    screen.write('clock 12:04:30\n\u001B[31mstatu\u001B[39m same');
    expect(terminal.writes.at(-1)).toBe('\u001B[?2026h\u001B[1;13H30\u001B[2;5H\u001B[31mu\u001B[m\u001B[?2026l');
  });

  it('never clears the scrollback, and the screen only when it must', () => {
    const { terminal, screen } = open(30, 5);
    for (let frame = 0; frame < 50; frame++) screen.write(`frame ${frame}\n`.repeat((frame % 7) + 1));
    const written = terminal.writes.join('');
    expect(written).not.toContain('\u001B[3J');
    expect(written.split('\u001B[2J')).toHaveLength(2);
    screen.repaint();
    expect(terminal.writes.at(-1)!.split('\u001B[2J')).toHaveLength(2);
  });
});

describe('the bytes of an update', () => {
  it('are under 600 at 80x24 with a request a second', () => {
    expect(medianBytes({ columns: 80, rows: 24, requestsPerFrame: 0.25 })).toBeLessThan(600);
    expect(medianBytes({ columns: 80, rows: 24, requestsPerFrame: 1 })).toBeLessThan(600);
  });

  it('are under 4 KB at 140x40 with 25 requests a second', () => {
    expect(medianBytes({ columns: 140, rows: 40, requestsPerFrame: 6.25 })).toBeLessThan(4096);
  });
});

describe('a terminal that is behind', () => {
  it('is shown the newest frame once it has caught up, and none before', async () => {
    const { terminal, screen } = open(20, 2);
    terminal.keepsUp = false;
    screen.write('first');
    for (let frame = 0; frame < 10; frame++) screen.write(`frame ${frame}`);
    expect(terminal.writes).toHaveLength(2);
    terminal.keepsUp = true;
    terminal.emit('drain');
    expect(terminal.writes).toHaveLength(3);
    expect(await terminal.lines()).toEqual(['frame 9', '']);
    terminal.emit('drain');
    expect(terminal.writes).toHaveLength(3);
  });

  it('is given back all the same', async () => {
    const { terminal, screen } = open(20, 2);
    terminal.keepsUp = false;
    screen.write('first');
    screen.close();
    await terminal.settled();
    expect(terminal.emulator.buffer.active.type).toBe('normal');
    terminal.emit('drain');
    expect(terminal.writes.at(-1)).toContain('\u001B[?1049l');
  });
});

describe('a terminal that is gone', () => {
  it('is said to be lost once, and not written to any more', () => {
    const { terminal, screen } = open();
    let lost = 0;
    screen.on('lost', () => lost++);
    terminal.emit('error', new Error('EIO'));
    terminal.emit('error', new Error('EPIPE'));
    screen.write('frame');
    screen.close();
    terminal.emit('error', new Error('EPIPE'));
    expect(lost).toBe(1);
    expect(screen.writable).toBe(false);
    expect(terminal.writes).toHaveLength(1);
  });

  it('may say so by throwing', () => {
    const { terminal, screen } = open();
    let lost = 0;
    screen.on('lost', () => lost++);
    terminal.write = () => {
      throw new Error('EIO');
    };
    screen.write('frame');
    screen.write('another');
    screen.leave();
    expect(lost).toBe(1);
  });
});

describe('entering and leaving', () => {
  it('brings back what was there before', async () => {
    const terminal = new ScreenTerminal(20, 3);
    terminal.write('$ before\r\n$ ');
    const screen = new Screen(terminal, { reportFocus: true });
    screen.write('not entered yet');
    expect(terminal.writes).toHaveLength(1);
    screen.enter();
    expect(await terminal.lines()).toEqual(['not entered yet', '', '']);
    screen.write('\u001B[31mdashboard\n\n\u001B[7mfooter');
    expect(await terminal.lines()).toEqual(['dashboard', '', 'footer']);
    expect(terminal.emulator.modes).toMatchObject({ wraparoundMode: false, sendFocusMode: true });
    expect(terminal.emulator.buffer.active.type).toBe('alternate');
    screen.leave();
    screen.leave();
    terminal.write('after');
    expect(await terminal.lines()).toEqual(['$ before', '$ after', '']);
    expect(terminal.emulator.modes).toMatchObject({ wraparoundMode: true, sendFocusMode: false });
    expect(terminal.writes.filter((text) => text.includes('\u001B[?25h'))).toHaveLength(1);
    screen.enter();
    expect(await terminal.lines()).toEqual(['dashboard', '', 'footer']);
  });
});

interface Traffic {
  readonly columns: number;
  readonly rows: number;
  readonly requestsPerFrame: number;
}

/** Of a screen like the overview: figures and charts that move, and a list that grows at its top. */
function medianBytes({ columns, rows, requestsPerFrame }: Traffic): number {
  const { terminal, screen } = open(columns, rows);
  const sizes: number[] = [];
  for (let frame = 0; frame < 60; frame++) {
    const requests = Math.floor(frame * requestsPerFrame);
    const figures = Array.from({ length: Math.floor(rows / 2) - 2 }, (_, index) => {
      const chart = Array.from({ length: 26 }, (__, at) => '▁▂▃▄▅▆▇█'[noise(requests + at, index) % 8]).join('');
      const moving = index % 4 === 3 ? chart : `\u001B[2mname\u001B[22m ${noise(requests, index)} of ${requests}`;
      return `\u001B[2m│\u001B[22m ${moving}`;
    });
    const list = Array.from({ length: Math.ceil(rows / 2) }, (_, index) => requestRow(requests - index, columns));
    screen.write([`tokenpak UP ${Math.floor(frame / 4)}`, ...figures, ...list, 'keys'].join('\n'));
    sizes.push(Buffer.byteLength(terminal.writes.at(-1)!));
  }
  return sizes.slice(1).toSorted((one, other) => one - other)[30]!;
}

function requestRow(number: number, columns: number): string {
  const model = ['claude-sonnet-4-6', 'claude-haiku-4-5', 'gpt-5.4', 'gemini-3-pro'][noise(number, 1) % 4]!;
  const status = noise(number, 2) % 5 === 0 ? '\u001B[33m429\u001B[39m' : '\u001B[32m200\u001B[39m';
  const figures = [3, 4, 5, 6, 7].map((salt) => String(noise(number, salt)).padStart(8)).join('');
  const text = ` anthropic  ${model.padEnd(18)} claude main   project ${columns > 100 ? figures : figures.slice(20)}`;
  return `\u001B[2m│\u001B[22m 12:04:${String(Math.abs(number) % 60).padStart(2, '0')} ${status}${text} `;
}

/** The same for the same numbers; from 0 to 9999. */
function noise(number: number, salt: number): number {
  return (Math.imul(Math.abs(number) * 31 + salt + 7, 2_654_435_761) >>> 18) & 8191;
}
