import { plainText } from '../../tui/plain-text.ts';
import { formatNumber } from '../report.ts';
import type { MeasuredPeer, PeerFigures } from './measure.ts';

/** Where and how it was measured. */
export interface PeersCircumstances {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly loadAverage: number;
  readonly isPinned: boolean;
  readonly quick: boolean;
  readonly rounds: number;
  readonly seconds: number;
  /** ISO 8601. */
  readonly at: string;
  readonly commit: string | null;
}

/** Somebody who could not be measured, and why. */
export interface Absent {
  readonly name: string;
  readonly reason: string;
}

interface Column {
  readonly heading: string;
  /** As it is said in a sentence. */
  readonly what: string;
  readonly of: (figures: PeerFigures) => number;
  readonly better: 'more' | 'less';
}

const columns: readonly Column[] = [
  { heading: 'requests/s', what: 'requests/s', of: (found) => found.perSecond, better: 'more' },
  {
    ...{ heading: 'per core', what: 'requests per second of processor time' },
    ...{ of: (found) => found.perCoreSecond, better: 'more' },
  },
  { heading: '+p50 1 KB', what: 'added p50 at 1 KB', of: (found) => found.added['1 KB'].p50, better: 'less' },
  { heading: '+p99 1 KB', what: 'added p99 at 1 KB', of: (found) => found.added['1 KB'].p99, better: 'less' },
  { heading: '+p50 200 KB', what: 'added p50 at 200 KB', of: (found) => found.added['200 KB'].p50, better: 'less' },
  { heading: '+p99 200 KB', what: 'added p99 at 200 KB', of: (found) => found.added['200 KB'].p99, better: 'less' },
  { heading: 'streams', what: 'streams without a stall', of: (found) => found.smoothStreams, better: 'more' },
  { heading: 'RSS MB', what: 'memory', of: (found) => found.rssMb, better: 'less' },
];

type Counted = MeasuredPeer & { readonly outcome: PeerFigures };
const isCounted = (peer: MeasuredPeer): peer is Counted => !('failed' in peer.outcome);
const ours = 'tokenpak';
/** Without anybody in between there is nothing to win or lose. */
const direct = 'direct';

/** Each figure in which somebody else is ahead of tokenpak, with both values. */
function losses(peers: readonly MeasuredPeer[]): string[] {
  const counted = peers.filter(isCounted);
  const own = counted.find(({ target }) => target.name === ours);
  if (!own) return [];
  return counted
    .filter(({ target }) => target.name !== ours && target.name !== direct)
    .flatMap(({ target, outcome }) =>
      columns.flatMap(({ what, of, better }) => {
        const [theirs, mine] = [of(outcome), of(own.outcome)];
        const isAhead = better === 'more' ? theirs > mine : theirs < mine;
        return isAhead ? [`${what}: ${target.name} ${formatNumber(theirs)}, tokenpak ${formatNumber(mine)}`] : [];
      }),
    );
}

function rowsOf(peers: readonly MeasuredPeer[]): string[][] {
  return peers.filter(isCounted).map(({ target, outcome }) => {
    const name = target.version === null ? target.name : `${target.name} ${target.version}`;
    const cells = columns.map(({ of, heading }) =>
      target.name === direct && heading !== 'requests/s' ? '-' : formatNumber(of(outcome)),
    );
    return [name, ...cells];
  });
}

function about(on: PeersCircumstances): string {
  const pinned = on.isPinned ? 'relays held on one core, load and mock on another' : 'processes NOT held on cores';
  const commit = on.commit === null ? '' : `, commit ${on.commit.slice(0, 12)}`;
  const where = `${on.cpu}, ${on.cores} processors, Node ${on.node}, load ${on.loadAverage.toFixed(1)} before`;
  const quick = on.quick ? '; a quick run, too short to rely on' : '';
  return `${on.at.slice(0, 10)}, ${where}${commit}; ${pinned}; median of ${on.rounds} rounds, ${on.seconds.toFixed(0)} s${quick}`;
}

function absentLines(peers: readonly MeasuredPeer[], absent: readonly Absent[]): string[] {
  const failed = peers.flatMap(({ target, outcome }) =>
    'failed' in outcome ? [{ name: target.name, reason: `failed under load: ${outcome.failed}` }] : [],
  );
  return [...failed, ...absent].map(({ name, reason }) => `${name}: ${plainText(reason).replace(/\s+/g, ' ')}`);
}

const heading = ['', ...columns.map((column) => column.heading)];

function textTable(rows: readonly string[][]): string[] {
  const all = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const align = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return all.map((row) => row.map(align).join('  ').trimEnd());
}

/** A line may be preceded by a heading, and is a list's item in Markdown. */
function section(title: string, lines: readonly string[], mark: string): string[] {
  return lines.length === 0
    ? []
    : ['', title, ...(mark === '- ' ? [''] : []), ...lines.map((line) => `${mark}${line}`)];
}

export interface PeersReport {
  readonly peers: readonly MeasuredPeer[];
  readonly absent: readonly Absent[];
  /** Why the figures say nothing; empty for a valid run. */
  readonly invalid: readonly string[];
}

export function peersReport({ peers, absent, invalid }: PeersReport, on: PeersCircumstances, format: 'text' | 'md') {
  const rows = rowsOf(peers);
  const isText = format === 'text';
  const mark = isText ? '  ' : '- ';
  const cells = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const rule = cells(heading.map((_, column) => (column === 0 ? '---' : '---:')));
  const table = isText ? textTable(rows) : [cells(heading), rule, ...rows.map(cells)];
  return [
    about(on),
    '',
    ...table,
    ...section('Where tokenpak is behind:', losses(peers), mark),
    ...section('Not measured:', absentLines(peers, absent), mark),
    ...section('INVALID:', invalid, mark),
  ].join('\n');
}
