import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellWidth, lineText, lineWidth, type Line } from './cells.ts';
import { exampleRow, exampleTrace } from '../../test/support/screen/example-requests.ts';
import { exampleState } from '../../test/support/screen/example-state.ts';
import { asciiGlyphs, unicodeGlyphs } from './glyphs.ts';
import { hostileState, hostileText, hostileTrace } from '../../test/support/screen/hostile-state.ts';
import { drawScreen, type ScreenInput } from './layout.ts';
import { firstView, panelNames, sortKeys, windows, type View } from './view.ts';

const usual: ScreenInput = {
  ...{ state: exampleState(), view: firstView, detail: null, columns: 80, rows: 24, glyphs: unicodeGlyphs },
  isSlow: false,
};

function texts(changes: Partial<ScreenInput>): string[] {
  return drawScreen({ ...usual, ...changes }).map(lineText);
}

function screen(changes: Partial<ScreenInput>): string {
  return texts(changes).join('\n');
}

/** Of each line that is wrong, what it is: an empty list of many lines is compared faster than each of them. */
function wrongLines(lines: readonly Line[], columns: number): unknown[] {
  const control = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u;
  return lines
    .map((line) => ({ text: lineText(line), cells: lineWidth(line), asText: cellWidth(lineText(line)) }))
    .filter(({ text, cells, asText }) => cells !== columns || asText !== columns || control.test(text));
}

function expectExact(lines: readonly Line[], columns: number, rows: number): void {
  expect(lines).toHaveLength(rows);
  expect(wrongLines(lines, columns)).toEqual([]);
}

const anyView: fc.Arbitrary<View> = fc.record({
  name: fc.constantFrom('overview' as const, 'detail' as const, 'events' as const, 'help' as const),
  focus: fc.constantFrom(...panelNames),
  window: fc.constantFrom(...windows),
  sort: fc.constantFrom(...sortKeys),
  reversed: fc.boolean(),
  filter: fc.oneof(fc.constant(''), hostileText, fc.constant('status>=400')),
  typing: fc.option(hostileText),
  selected: fc.option(fc.oneof(hostileText, fc.constant('tp_0'), fc.constant('tp_3'))),
  provider: fc.integer({ min: -2, max: 9 }),
  following: fc.boolean(),
  paused: fc.boolean(),
  measure: fc.constantFrom('cost' as const, 'tokens' as const, 'requests' as const),
  chart: fc.constantFrom('braille' as const, 'block' as const, 'ascii' as const),
  scroll: fc.nat({ max: 1000 }),
  question: fc.option(hostileText.map((text) => ({ text, action: { type: 'leave' } as const }))),
  said: fc.option(hostileText),
});

const anyDetail = fc.oneof(
  fc.constantFrom(null, 'loading' as const, 'gone' as const, {}),
  hostileTrace.map((trace) => ({ trace })),
);
const anyGlyphs = fc.constantFrom(unicodeGlyphs, asciiGlyphs);

// Hundreds of screens of hostile text: slow where others want the machine as well.
const patienceMs = 120_000;

describe('the screen', () => {
  it(
    'has exactly the lines and cells of the terminal, whatever it is told and of whatever it is made',
    () =>
      fc.assert(
        fc.property(
          fc.record({
            ...{ state: hostileState, view: anyView, detail: anyDetail, glyphs: anyGlyphs, isSlow: fc.boolean() },
            columns: fc.integer({ min: 40, max: 200 }),
            rows: fc.integer({ min: 10, max: 60 }),
          }),
          (input) => expectExact(drawScreen(input), input.columns, input.rows),
        ),
        { numRuns: 100 },
      ),
    patienceMs,
  );

  it(
    'has them at any size at all',
    () =>
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 300 }),
          fc.integer({ min: 1, max: 100 }),
          anyView,
          (columns, rows, view) => expectExact(drawScreen({ ...usual, view, columns, rows }), columns, rows),
        ),
      ),
    patienceMs,
  );

  it('is ASCII alone where nothing else can be shown', () => {
    const state = exampleState({ requests: [exampleRow({ model: 'modèle-世界' })] });
    for (const name of ['overview', 'detail', 'events', 'help'] as const) {
      const detail = { trace: exampleTrace() };
      expect(screen({ state, detail, view: { ...firstView, name }, glyphs: asciiGlyphs })).toMatch(/^[ -~\n]*$/);
    }
  });

  it('cuts no amount of money', () => {
    for (let columns = 60; columns <= 200; columns++) {
      expect(screen({ columns, rows: 40, view: { ...firstView, focus: 'cost' } })).toContain('~$0.0220');
      expect(screen({ columns, rows: 40 })).toContain('rate limit');
    }
  });

  it.each([
    [60, 15],
    [80, 24],
    [140, 40],
  ])('shows the overview on %i by %i', async (columns, rows) => {
    await expect(screen({ columns, rows })).toMatchFileSnapshot(`screens/overview-${columns}x${rows}.txt`);
  });

  it.each(['detail', 'events', 'help'] as const)('shows the %s', async (name) => {
    const view: View = { ...firstView, name, selected: 'tp_01jd5q3e6x' };
    const detail = { trace: exampleTrace() };
    await expect(screen({ view, detail })).toMatchFileSnapshot(`screens/${name}-80x24.txt`);
  });

  it('is drawn without anything but ASCII', async () => {
    await expect(screen({ glyphs: asciiGlyphs })).toMatchFileSnapshot('screens/overview-ascii-80x24.txt');
  });
});
