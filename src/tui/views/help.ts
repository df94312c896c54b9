import { left, type Line } from '../cells.ts';
import { beside, frame } from '../frame.ts';
import { windows } from '../view.ts';
import { type Overflow, scrolled, type ScreenView, type ViewInput } from './view-input.ts';

/** An example has no key. */
type Entry = readonly [keys: string | null, meaning: string];
type Group = readonly [title: string, entries: readonly Entry[]];

const keyWidth = 10;

const looking: readonly Group[] = [
  [
    'move',
    [
      ['1..6', 'focus a panel'],
      ['tab', 'next, shift-tab back'],
      ['j k', 'down, up (and arrows)'],
      ['g G', 'first, last'],
      ['pgup pgdn', 'a page up, down'],
      ['enter esc', 'open, back'],
      ['/', 'filter'],
      ['n N', 'next, previous match'],
    ],
  ],
  [
    'show',
    [
      ['w', windows.join(' ')],
      ['s S', 'sort, reverse'],
      ['f', 'follow the newest'],
      ['p', 'pause the screen only'],
      ['m', 'cost, tokens, requests'],
      ['v', 'braille, blocks, ASCII'],
      ['e', 'events'],
    ],
  ],
];

const acting: readonly Group[] = [
  [
    'act',
    [
      ['y', 'copy as curl, redacted'],
      ['J', 'open JSON in $PAGER'],
      ['B', 'breaker of the provider:'],
      ['', 'open, close, auto (asks)'],
      ['A', 'allow 10% more of the'],
      ['', 'fullest budget (asks)'],
    ],
  ],
  [
    'leave',
    [
      ['q', 'close the screen only'],
      ['ctrl-c', 'stop when answers ended;'],
      ['', 'again: stop at once'],
      ['ctrl-z', 'suspend all, until fg'],
    ],
  ],
  [
    'filter',
    [
      [null, 'status>=400 status:5xx is:error'],
      [null, 'model:opus agent:sub cost>0.05'],
      [null, 'project:web dur>10s ttfb>1s'],
      [null, 'tokens>10k is:live -model:haiku'],
    ],
  ],
];

/** Every key there is. */
export const helpView: ScreenView = (input) => {
  const { view, width, height, glyphs } = input;
  if (!isBeside(input)) {
    const lines = scrolled(all, view.scroll, height - 2);
    return frame({ title: 'help', lines, width, height, glyphs, focused: true });
  }
  const half = Math.floor(width / 2);
  return beside(
    frame({ title: 'look', lines: columns[0], width: half, height, glyphs, focused: true }),
    frame({ title: 'act', lines: columns[1], width: width - half, height, glyphs, focused: true }),
  );
};

export const helpOverflow: Overflow = (input) => (isBeside(input) ? 0 : Math.max(all.length - (input.height - 2), 0));

function groupLines(groups: readonly Group[]): Line[] {
  return groups.flatMap(([title, entries], index): Line[] => [
    ...(index === 0 ? [] : [[]]),
    [[title, 'strong']],
    ...entries.map(entryLine),
  ]);
}

function entryLine([keys, meaning]: Entry): Line {
  return keys === null ? ['  ', meaning] : ['  ', [left(keys, keyWidth), 'accent'], meaning];
}

const columns = [groupLines(looking), groupLines(acting)] as const;
const all = [...columns[0], [], ...columns[1]];

function isBeside({ width, height }: ViewInput): boolean {
  return width >= 80 && height - 2 >= Math.max(...columns.map(({ length }) => length));
}
