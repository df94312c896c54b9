import { atMost, cellWidth, lineText, oneLine, type Line } from '../cells.ts';
import { parseFilter } from '../filter.ts';
import { frame } from '../frame.ts';
import { requestColumns } from '../request-columns.ts';
import type { RequestRow } from '../state.ts';
import { table } from '../table.ts';
import type { Panel, PanelInput } from './panel.ts';

const title = '5 requests';
/** From this width on columns stand two cells apart. */
const airyWidth = 150;

/** The list of requests; the one under the cursor is always in sight. */
export const requestsPanel: Panel = (input) => {
  const { state, view, width, height, glyphs } = input;
  return frame({
    ...{ title, note: [note(input), 'dim'], width, height, glyphs },
    lines: state.requests.length === 0 ? guide(state.url) : listed(input),
    focused: view.focus === 'requests',
  });
};

/** Not zeros: what there is to do. */
function guide(url: string): Line[] {
  return [
    [['Waiting for the first request.', 'strong']],
    [],
    ['In another terminal:  ', ['eval "$(tokenpak env)"', 'accent']],
    ['or point a client at  ', [oneLine(url), 'accent']],
  ];
}

function listed({ state, view, requests, width, height }: PanelInput): Line[] {
  const inner = width - 4;
  const hasHeader = inner >= 72;
  const columns = requestColumns(inner - 1, state.now);
  const { header, row: line } = table(columns, inner - 1, inner >= airyWidth ? 2 : 1);
  if (requests.length === 0) return [[['No request passes the filter.', 'dim']]];
  const room = height - 2 - (hasHeader ? 1 : 0);
  const chosen = Math.max(
    requests.findIndex(({ id }) => id === view.selected),
    0,
  );
  const first = Math.max(Math.min(chosen - Math.floor(room / 2), requests.length - room), 0);
  const shown = requests.slice(first, first + room).map((row, index): Line => {
    if (first + index !== chosen || view.focus !== 'requests') return [' ', ...line(row)];
    return marked(row, line(row), view.selected);
  });
  return hasHeader ? [[' ', ...header], ...shown] : shown;
}

/** A row that was chosen stands out as a whole; the newest, which is chosen by itself, only by its mark. */
function marked(row: RequestRow, line: Line, selected: string | null): Line {
  return row.id === selected ? [[`>${lineText(line)}`, 'inverse']] : [['>', 'accent'], ...line];
}

/** As much of it as has room in the frame's edge, from the most needed on. */
function note({ state, view, requests, width }: PanelInput): string {
  const total = state.requests.length;
  if (total === 0) return '';
  const order = sortText(view);
  const filter = view.filter.trim();
  const hasProblem = 'problem' in parseFilter(filter);
  const parts = [
    `${requests.length} of ${total}`,
    filter === '' ? '' : `filter ${shortened(filter)}${hasProblem ? ' (not in force)' : ''}`,
    order,
    view.paused ? 'paused' : view.following ? 'following' : '',
  ].filter((part) => part !== '');
  const room = width - 3 - title.length - 2 - 3;
  while (parts.length > 1 && cellWidth(parts.join('  ')) > room) parts.splice(parts.length > 2 ? -2 : -1, 1);
  return parts.join('  ');
}

function sortText({ sort, reversed }: PanelInput['view']): string {
  if (sort === 'time') return reversed ? 'oldest first' : 'newest first';
  return `sort ${sort}${reversed ? ' up' : ''}`;
}

function shortened(filter: string): string {
  return atMost(filter, 40);
}
