import { budgetToAllow, circuitQuestion } from './questions.ts';
import type { DashboardState, RequestRow } from './state.ts';
import { type Action, panelNames, sortKeys, type View, windows } from './view.ts';
import { typed } from './typing.ts';

/** What a key is pressed on. */
export interface Pressing {
  readonly view: View;
  readonly state: DashboardState;
  /** As they stand on the screen. */
  readonly requests: readonly RequestRow[];
  /** Of what is looked at, in lines. */
  readonly pageRows: number;
  /** How far it can be scrolled, in lines. */
  readonly lastScroll: number;
}

export interface Pressed {
  readonly view: View;
  readonly action: Action | null;
}

type Command = (pressing: Pressing) => Partial<View> | Action;

const charts = ['braille', 'block', 'ascii'] as const;
const measures = ['cost', 'tokens', 'requests'] as const;

const everywhere: Readonly<Record<string, Command>> = {
  q: () => ({ type: 'leave' }),
  'ctrl-c': () => ({ type: 'stop' }),
  'ctrl-z': () => ({ type: 'suspend' }),
  '?': ({ view }) => ({ name: view.name === 'help' ? 'overview' : 'help', scroll: 0 }),
  e: ({ view }) => ({ name: view.name === 'events' ? 'overview' : 'events', scroll: 0 }),
  p: ({ view }) => ({ paused: !view.paused }),
  escape: ({ view }) => (view.name === 'overview' ? { filter: '' } : { name: 'overview', scroll: 0 }),
};

const onRequest: Readonly<Record<string, Command>> = {
  y: (pressing) => onChosen(pressing, (id) => ({ type: 'copy', id })),
  J: (pressing) => onChosen(pressing, (id) => ({ type: 'openJson', id })),
};

const scrolling: Readonly<Record<string, Command>> = {
  j: (pressing) => scroll(pressing, 1),
  k: (pressing) => scroll(pressing, -1),
  pagedown: (pressing) => scroll(pressing, pressing.pageRows),
  pageup: (pressing) => scroll(pressing, -pressing.pageRows),
  g: (pressing) => scroll(pressing, -Infinity),
  G: (pressing) => scroll(pressing, Infinity),
};

const overview: Readonly<Record<string, Command>> = {
  ...onRequest,
  ...Object.fromEntries(panelNames.map((focus, index): [string, Command] => [String(index + 1), () => ({ focus })])),
  tab: ({ view }) => ({ focus: after(panelNames, view.focus, 1) }),
  'shift-tab': ({ view }) => ({ focus: after(panelNames, view.focus, -1) }),
  j: (pressing) => move(pressing, 1),
  k: (pressing) => move(pressing, -1),
  n: (pressing) => moveRequest(pressing, 1),
  N: (pressing) => moveRequest(pressing, -1),
  pagedown: (pressing) => moveRequest(pressing, pressing.pageRows),
  pageup: (pressing) => moveRequest(pressing, -pressing.pageRows),
  g: (pressing) => move(pressing, -Infinity),
  G: (pressing) => move(pressing, Infinity),
  enter: (pressing) => onChosen(pressing, (selected) => ({ name: 'detail', selected, following: false, scroll: 0 })),
  '/': ({ view }) => ({ typing: view.filter }),
  w: ({ view }) => ({ window: after(windows, view.window, 1) }),
  s: ({ view }) => ({ sort: after(sortKeys, view.sort, 1) }),
  S: ({ view }) => ({ reversed: !view.reversed }),
  f: ({ view, requests }) =>
    view.following ? { following: false, selected: requests[0]?.id ?? null } : { following: true, selected: null },
  m: ({ view }) => ({ measure: after(measures, view.measure, 1) }),
  v: ({ view }) => ({ chart: after(charts, view.chart, 1) }),
  B: ({ state, view }) => asking(state, circuitQuestion(state, view)),
  A: ({ state }) => asking(state, budgetToAllow(state)),
  X: () => ({ said: 'not available: there is no reply cache yet' }),
};

const detail: Readonly<Record<string, Command>> = {
  ...scrolling,
  ...onRequest,
  j: (pressing) => ({ ...moveRequest(pressing, 1), scroll: 0 }),
  k: (pressing) => ({ ...moveRequest(pressing, -1), scroll: 0 }),
};

const commands: Readonly<Record<View['name'], Readonly<Record<string, Command>>>> = {
  overview: { ...everywhere, ...overview },
  detail: { ...everywhere, ...detail },
  events: { ...everywhere, ...scrolling },
  help: { ...everywhere, ...scrolling },
};

const synonyms: Readonly<Record<string, string>> = { down: 'j', up: 'k', home: 'g', end: 'G' };

/**
 * What a key does to what is seen, and what it asks for beyond that.
 * @param key a character, or a name: `enter`, `escape`, `tab`, `shift-tab`, `up`, `down`, `home`, `end`, `pageup`,
 *   `pagedown`, `backspace`, `ctrl-…`
 */
export function press(key: string, pressing: Pressing): Pressed {
  const { view } = pressing;
  const { question, typing } = view;
  const unasked: View = { ...view, question: null, said: null };
  if (question !== null && key !== 'ctrl-c') {
    return { view: unasked, action: key === 'y' || key === 'Y' ? question.action : null };
  }
  if (typing !== null && !key.startsWith('ctrl-')) return { view: { ...unasked, ...typed(key, typing) }, action: null };
  const command = commands[view.name][synonyms[key] ?? key];
  const result = command?.(pressing) ?? {};
  return 'type' in result ? { view: unasked, action: result } : { view: { ...unasked, ...result }, action: null };
}

/** No further than there is something to see: each step back is seen as well. */
function scroll({ view, lastScroll }: Pressing, by: number): Partial<View> {
  return { scroll: clamp(Math.min(view.scroll, lastScroll) + by, lastScroll) };
}

function move(pressing: Pressing, by: number): Partial<View> {
  const { view } = pressing;
  if (view.focus !== 'providers') return moveRequest(pressing, by);
  return { provider: clamp(view.provider + by, Object.keys(pressing.state.health?.circuit_breakers ?? {}).length - 1) };
}

function moveRequest({ view, requests }: Pressing, by: number): Partial<View> {
  if (requests.length === 0) return {};
  const at = Math.max(
    requests.findIndex(({ id }) => id === view.selected),
    0,
  );
  return { selected: requests[clamp(at + by, requests.length - 1)]!.id, following: false };
}

function onChosen({ view, requests }: Pressing, act: (id: string) => Partial<View> | Action): Partial<View> | Action {
  const chosen = view.name === 'detail' ? view.selected : (requests.find(({ id }) => id === view.selected)?.id ?? null);
  const id = chosen ?? requests[0]?.id;
  return id === undefined ? { said: 'there is no request yet' } : act(id);
}

function asking(state: DashboardState, question: View['question'] | string): Partial<View> {
  if (state.readOnly) return { said: 'read-only: attached by --url, nothing can be changed from here' };
  return typeof question === 'string' ? { said: question } : { question };
}

function clamp(index: number, last: number): number {
  return Math.max(Math.min(index, last), 0);
}

/** The one that stands so far behind in the list, around its end. */
function after<Item>(list: readonly Item[], item: Item, by: number): Item {
  return list[(list.indexOf(item) + by + list.length) % list.length]!;
}
