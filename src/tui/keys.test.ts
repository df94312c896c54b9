import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleRow } from '../../test/support/screen/example-requests.ts';
import { exampleState } from '../../test/support/screen/example-state.ts';
import { chosenRequests } from './chosen-requests.ts';
import { unicodeGlyphs } from './glyphs.ts';
import { press, type Pressed, type Pressing } from './keys.ts';
import type { DashboardState } from './state.ts';
import { firstView, panelNames, type View, windows } from './view.ts';
import { helpView } from './views/help.ts';

const rows = ['a', 'b', 'c', 'd', 'e', 'f'].map((id, age) => exampleRow({ id, time: 1_000_000 - age }));
const state = exampleState({ requests: rows });

type Given = Partial<Omit<Pressing, 'view' | 'requests'>> & { readonly view?: Partial<View> };

/** What has become of a view after several keys, and what the last of them asked for. */
function after(keys: readonly string[], given: Given = {}): Pressed {
  let pressed: Pressed = { view: { ...firstView, ...given.view }, action: null };
  for (const key of keys) {
    const { view } = pressed;
    const pressing = { state, pageRows: 3, lastScroll: 10, ...given };
    pressed = press(key, { ...pressing, view, requests: chosenRequests(pressing.state.requests, view) });
  }
  return pressed;
}

const selected = (...keys: string[]): string | null => after(keys).view.selected;

describe('keys that move', () => {
  it('choose a panel by its number, or the next and the last one around the end', () => {
    expect(['1', '2', '3', '4', '5', '6'].map((key) => after([key]).view.focus)).toEqual(panelNames);
    expect(after(['6', 'tab']).view.focus).toBe('cost');
    expect(after(['1', 'shift-tab']).view.focus).toBe('sessions');
  });

  it('go through the list of requests and stay in it', () => {
    expect([selected('j'), selected('down'), selected('n')]).toEqual(['b', 'b', 'b']);
    expect([selected('j', 'j', 'k'), selected('j', 'j', 'up'), selected('j', 'j', 'N')]).toEqual(['b', 'b', 'b']);
    expect([selected('k'), selected('pageup'), selected('g'), selected('home')]).toEqual(['a', 'a', 'a', 'a']);
    expect([selected('pagedown'), selected('pagedown', 'pagedown'), selected('G'), selected('end')]).toEqual([
      ...['d', 'f', 'f', 'f'],
    ]);
  });

  it('take the cursor off the newest request, until it is followed again', () => {
    expect(after(['j']).view.following).toBe(false);
    expect(after(['j', 'f']).view).toMatchObject({ following: true, selected: null });
  });

  it('hold on to the request that is the newest when it is not followed any more', () => {
    expect(after(['f']).view).toMatchObject({ following: false, selected: 'a' });
    expect(after(['f'], { state: exampleState({ requests: [] }) }).view).toMatchObject({ selected: null });
  });

  it('go through the providers where those have the focus', () => {
    expect(after(['4', 'j', 'j']).view).toMatchObject({ provider: 2, selected: null, following: true });
    expect(after(['4', 'G']).view.provider).toBe(3);
    expect(after(['4', 'k']).view.provider).toBe(0);
    expect(after(['4', 'G'], { state: exampleState({ health: null, snapshot: null }) }).view.provider).toBe(0);
  });

  it('go on in the requests that the filter lets through', () => {
    const mixed = exampleState({ requests: rows.map((row, index) => ({ ...row, status: index % 2 ? 500 : 200 })) });
    expect(after(['n', 'n'], { state: mixed, view: { filter: 'status>=500' } }).view.selected).toBe('f');
  });

  it.each(['events', 'help'] as const)('scroll the %s as far as there is something to see', (name) => {
    const scroll = (...keys: string[]): number => after(keys, { view: { name } }).view.scroll;
    expect([scroll('j'), scroll('j', 'k'), scroll('k'), scroll('pagedown'), scroll('G')]).toEqual([1, 0, 0, 3, 10]);
    expect([scroll('G', 'j', 'j', 'k'), scroll('G', 'pageup'), scroll('G', 'g')]).toEqual([9, 7, 0]);
    // What is scrolled may have become shorter meanwhile.
    expect(after(['k'], { view: { name, scroll: 50 } }).view.scroll).toBe(9);
  });
});

describe('keys that open', () => {
  it('show the request under the cursor, the newest one where none is', () => {
    expect(after(['enter']).view).toMatchObject({ name: 'detail', selected: 'a', following: false });
    expect(after(['j', 'j', 'enter']).view).toMatchObject({ name: 'detail', selected: 'c' });
    expect(after(['enter', 'j', 'j', 'k']).view).toMatchObject({ name: 'detail', selected: 'b' });
    expect(after(['enter', 'pagedown', 'j']).view.scroll).toBe(0);
    expect(after(['j', 'enter', 'escape']).view).toMatchObject({ name: 'overview', selected: 'b' });
  });

  it.each(['enter', 'y', 'J'])('say with %s that there is nothing yet where nothing is', (key) => {
    const { view, action } = after([key], { state: exampleState({ requests: [] }) });
    expect({ name: view.name, said: view.said, action }).toEqual({
      ...{ name: 'overview', said: 'there is no request yet', action: null },
    });
  });

  it.each([
    ['?', 'help'],
    ['e', 'events'],
  ])('%s opens and closes the %s, from wherever', (key, name) => {
    expect(after([key]).view.name).toBe(name);
    expect(after(['enter', key]).view.name).toBe(name);
    expect(after([key, key]).view.name).toBe('overview');
    expect(after([key, 'escape']).view.name).toBe('overview');
  });
});

describe('keys that show something else', () => {
  it('go around all there is', () => {
    const seen = windows.map((_, presses) => after(Array.from({ length: presses }, () => 'w')).view.window);
    expect(new Set(seen)).toEqual(new Set(windows));
    expect(after(Array.from({ length: windows.length }, () => 'w')).view.window).toBe(firstView.window);
    expect(after(['s']).view.sort).toBe('cost');
    expect(after(['S']).view.reversed).toBe(true);
    expect(after(['S', 'S']).view.reversed).toBe(false);
    expect([after(['m']).view.measure, after(['m', 'm', 'm']).view.measure]).toEqual(['tokens', 'cost']);
    expect([after(['v']).view.chart, after(['v', 'v']).view.chart]).toEqual(['block', 'ascii']);
  });

  it('make the screen stand still and go on, on every view', () => {
    for (const name of ['overview', 'detail', 'events', 'help'] as const) {
      expect(after(['p'], { view: { name } }).view.paused).toBe(true);
      expect(after(['p', 'p'], { view: { name } }).view.paused).toBe(false);
    }
  });
});

describe('a filter', () => {
  it('is typed, whatever the keys mean elsewhere, and then holds', () => {
    expect(after(['/', 'q', 'p', '1']).view).toMatchObject({ typing: 'qp1', filter: '', paused: false });
    const { view, action } = after(['j', '/', ' is:', 'error ', 'enter']);
    expect(action).toBeNull();
    expect(view).toMatchObject({ typing: null, filter: 'is:error', selected: null, following: true });
  });

  it('is what stands there already, and stays so where it is dropped', () => {
    const given: Given = { view: { filter: 'opus' } };
    expect(after(['/'], given).view.typing).toBe('opus');
    expect(after(['/', 'x', 'escape'], given).view).toMatchObject({ typing: null, filter: 'opus' });
    expect(after(['/', 'backspace', 'enter'], given).view.filter).toBe('opu');
    expect(after(['escape'], given).view.filter).toBe('');
  });

  it('holds up neither the end nor a suspension', () => {
    expect(after(['/', 'ctrl-c']).action).toEqual({ type: 'stop' });
    expect(after(['/', 'ctrl-z']).action).toEqual({ type: 'suspend' });
  });
});

describe('keys that act', () => {
  it.each([
    ['q', { type: 'leave' }],
    ['ctrl-c', { type: 'stop' }],
    ['ctrl-z', { type: 'suspend' }],
  ])('%s does on every view what it does', (key, action) => {
    for (const name of ['overview', 'detail', 'events', 'help'] as const) {
      expect(after([key], { view: { name } }).action).toEqual(action);
    }
  });

  it('copy and open the request under the cursor, or the one that is looked at', () => {
    expect(after(['y']).action).toEqual({ type: 'copy', id: 'a' });
    expect(after(['j', 'J']).action).toEqual({ type: 'openJson', id: 'b' });
    // It has left the list meanwhile, and is still the one that is looked at.
    expect(after(['y'], { view: { name: 'detail', selected: 'gone' } }).action).toEqual({ type: 'copy', id: 'gone' });
    expect(after(['y'], { view: { selected: 'gone' } }).action).toEqual({ type: 'copy', id: 'a' });
  });

  it('ask before they change anything', () => {
    const { view, action } = after(['B']);
    expect(action).toBeNull();
    expect(view.question!.text).toMatch(/^breaker of .*\?$/u);
    expect(after(['B', 'y'])).toMatchObject({ view: { question: null }, action: { type: 'breaker' } });
    expect(after(['A', 'Y'])).toMatchObject({ view: { question: null }, action: { type: 'allowBudget', name: 'day' } });
  });

  it('take any other key for a no, and for nothing else', () => {
    for (const key of ['n', 'q', 'escape', 'enter', 'B', ' ', 'p']) {
      const { view, action } = after(['B', key]);
      expect({ view, action }).toEqual({ view: firstView, action: null });
    }
    expect(after(['B', 'ctrl-c']).action).toEqual({ type: 'stop' });
  });

  it('do not ask where nothing can be changed', () => {
    const readOnly = exampleState({ readOnly: true, requests: rows });
    for (const key of ['A', 'B']) {
      const { view } = after([key], { state: readOnly });
      expect(view.question).toBeNull();
      expect(view.said).toContain('read-only');
    }
  });

  it('say plainly what is not there', () => {
    expect(after(['X'])).toMatchObject({
      view: { said: expect.stringContaining('not available') as string },
      action: null,
    });
  });

  it('say once what has come of it', () => {
    expect(after(['x'], { view: { said: 'done' } }).view.said).toBeNull();
  });
});

/** As they stand in the help, and as they are called here. */
function helpKeys(): string[] {
  const lines = helpView({
    ...{ state, view: { ...firstView, name: 'help' }, requests: rows, detail: null, layout: 'two columns' },
    ...{ width: 80, height: 21, glyphs: unicodeGlyphs },
  });
  const spans = lines.flat().filter((span) => typeof span !== 'string' && span[1] === 'accent');
  const words = spans.flatMap(([text]) => text!.trim().split(/\s+/u)).filter((word) => /^[\w/?.-]+$/u.test(word));
  const names: Readonly<Record<string, readonly string[]>> = {
    ...{ '1..6': ['1', '6'], esc: ['escape'], pgup: ['pageup'], pgdn: ['pagedown'] },
  };
  return words.flatMap((word) => names[word] ?? [word]);
}

describe('every key', () => {
  it('that the help names does something', () => {
    const keys = helpKeys();
    expect(keys).toEqual(expect.arrayContaining(['tab', 'G', '/', 'S', 'escape', 'pageup', 'J', 'B', 'q', 'ctrl-z']));
    const given: Given = { view: { selected: 'c', following: false, filter: 'status:200' } };
    const idle = keys.filter((key) => {
      const { view, action } = after([key], given);
      return action === null && JSON.stringify(view) === JSON.stringify({ ...firstView, ...given.view });
    });
    expect(idle).toEqual([]);
  });

  it('in any order leaves a view behind that can be shown, and changes nothing unasked', () => {
    const anyKey = fc.oneof(
      fc.constantFrom(...helpKeys(), 'enter', 'escape', 'backspace', 'up', 'down', 'home', 'end', 'ctrl-x', 'left'),
      fc.string({ unit: 'grapheme', maxLength: 3 }),
    );
    const states = fc.constantFrom<DashboardState>(
      state,
      exampleState(),
      exampleState({ requests: [], health: null, snapshot: null }),
      exampleState({ readOnly: true }),
    );
    fc.assert(
      fc.property(fc.array(anyKey, { maxLength: 40 }), states, fc.nat({ max: 9 }), (keys, known, lastScroll) => {
        let view = firstView;
        for (const key of keys) {
          const wasAsked = view.question !== null;
          const requests = chosenRequests(known.requests, view);
          const pressed = press(key, { view, state: known, requests, pageRows: 4, lastScroll });
          ({ view } = pressed);
          expect(view.scroll).toBeGreaterThanOrEqual(0);
          expect(view.scroll).toBeLessThanOrEqual(9);
          expect(view.provider).toBeGreaterThanOrEqual(0);
          const changes = pressed.action?.type === 'breaker' || pressed.action?.type === 'allowBudget';
          expect(changes && !(wasAsked && /^y$/iu.test(key))).toBe(false);
        }
      }),
    );
  });
});
