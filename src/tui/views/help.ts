import { left, type Line } from '../cells.ts';
import { beside, frame } from '../frame.ts';
import { windows } from '../view.ts';
import { scrolled, type ScreenView } from './view-input.ts';

type Entry = readonly [keys: string, meaning: string];
type Group = readonly [title: string, entries: readonly Entry[]];

const keyWidth = 10;

const seeing: readonly Group[] = [
  [
    'move',
    [
      ['1..6', 'focus a panel'],
      ['tab', 'next panel, shift-tab back'],
      ['j k', 'down, up (also arrows)'],
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
      ['s S', 'sort by another column, reverse'],
      ['f', 'follow the newest'],
      ['p', 'pause the screen, not the proxy'],
      ['m', 'chart cost, tokens, requests'],
      ['v', 'braille, blocks, ASCII'],
      ['e', 'events'],
    ],
  ],
];

const acting: readonly Group[] = [
  [
    'act',
    [
      ['y', 'copy as curl, without secrets'],
      ['J', 'open as JSON in $PAGER'],
      ['B', 'breaker: open, close, auto'],
      ['', '(of the chosen provider; asks)'],
      ['A', 'allow one more request of'],
      ['', 'a budget (asks)'],
    ],
  ],
  [
    'leave',
    [
      ['q', 'close the screen only'],
      ['ctrl-c', 'stop: answers in flight are'],
      ['', 'ended first; again: at once'],
      ['ctrl-z', 'suspend the screen only'],
    ],
  ],
  [
    'filter',
    [
      ['', 'status>=400 status:5xx is:error'],
      ['', 'model:opus agent:sub cost>0.05'],
      ['', 'project:web dur>10s ttfb>1s'],
      ['', 'tokens>10k is:live -model:haiku'],
    ],
  ],
];

/** Every key there is. */
export const helpView: ScreenView = ({ view, width, height, glyphs }) => {
  const columns = [groupLines(seeing), groupLines(acting)];
  const isBeside = width >= 80 && height - 2 >= Math.max(...columns.map(({ length }) => length));
  if (!isBeside) {
    const lines = scrolled([...columns[0]!, [], ...columns[1]!], view.scroll, height - 2);
    return frame({ title: 'help', lines, width, height, glyphs, focused: true });
  }
  const half = Math.floor(width / 2);
  return beside(
    frame({ title: 'help', lines: columns[0]!, width: half, height, glyphs, focused: true }),
    frame({ title: 'help', lines: columns[1]!, width: width - half, height, glyphs, focused: true }),
  );
};

function groupLines(groups: readonly Group[]): Line[] {
  return groups.flatMap(([title, entries], index): Line[] => [
    ...(index === 0 ? [] : [[]]),
    [[title, 'strong']],
    ...entries.map(entryLine),
  ]);
}

/** An example of the filter has no key before it, and the room of one. */
function entryLine([keys, meaning]: Entry): Line {
  if (keys === '' && /[:>]/u.test(meaning)) return ['  ', meaning];
  return ['  ', [left(keys, keyWidth), 'accent'], meaning];
}
