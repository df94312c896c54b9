export const windows = ['1m', '5m', '15m', '1h', '24h', 'run'] as const;
export type Window = (typeof windows)[number];

export const sortKeys = ['time', 'cost', 'total', 'tokens', 'status'] as const;
export type SortKey = (typeof sortKeys)[number];

export type ViewName = 'overview' | 'detail' | 'events' | 'help';
/** As they are numbered on the screen, from 1. */
export const panelNames = ['cost', 'cache', 'latency', 'providers', 'requests', 'sessions'] as const;
type PanelName = (typeof panelNames)[number];

/** A question that waits for `y`. */
export interface Question {
  readonly text: string;
  readonly action: Action;
}

/** What a key asks for that is not the screen's own affair. */
export type Action =
  | { readonly type: 'leave' }
  | { readonly type: 'stop' }
  | { readonly type: 'suspend' }
  | { readonly type: 'copy'; readonly id: string }
  | { readonly type: 'openJson'; readonly id: string }
  | { readonly type: 'breaker'; readonly name: string; readonly to: 'open' | 'close' | 'auto' }
  /** `once`: dollars or tokens on top. */
  | { readonly type: 'allowBudget'; readonly name: string; readonly subject: string | null; readonly once: number };

/** What the person at the screen has chosen to see. */
export interface View {
  readonly name: ViewName;
  readonly focus: PanelName;
  readonly window: Window;
  readonly sort: SortKey;
  readonly reversed: boolean;
  /** As typed, and in force. */
  readonly filter: string;
  /** While it is typed; null otherwise. */
  readonly typing: string | null;
  /** The request under the cursor; null: the newest. */
  readonly selected: string | null;
  /** The provider under the cursor. */
  readonly provider: number;
  readonly following: boolean;
  readonly paused: boolean;
  readonly measure: 'cost' | 'tokens' | 'requests';
  readonly chart: 'braille' | 'block' | 'ascii';
  /** First line shown of a view that is longer than the screen. */
  readonly scroll: number;
  readonly question: Question | null;
  /** Said once, at the bottom: what came of an action. */
  readonly said: string | null;
}

export const firstView: View = {
  name: 'overview',
  focus: 'requests',
  window: '15m',
  sort: 'time',
  reversed: false,
  filter: '',
  typing: null,
  selected: null,
  provider: 0,
  following: true,
  paused: false,
  measure: 'cost',
  chart: 'braille',
  scroll: 0,
  question: null,
  said: null,
};
