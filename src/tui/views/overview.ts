import type { Line } from '../cells.ts';
import { beside } from '../frame.ts';
import { cachePanel } from '../panels/cache.ts';
import { costPanel } from '../panels/cost.ts';
import { latencyPanel } from '../panels/latency.ts';
import type { Panel } from '../panels/panel.ts';
import { providersPanel } from '../panels/providers.ts';
import { requestsPanel } from '../panels/requests.ts';
import { sessionsPanel } from '../panels/sessions.ts';
import { footerHeight, layoutOf, type Layout, type ScreenSize } from '../screen-size.ts';
import { smallBox } from '../small.ts';
import type { ScreenView, ViewInput } from './view-input.ts';

/** Panels side by side. */
interface Band {
  readonly height: number;
  readonly panels: readonly Panel[];
}

/** Sessions are a table that needs so much. */
const sessionsWidth = 60;
const smallBoxHeight = 5;
/** The frame of the list of requests, and its header. */
const aroundRequests = 3;

/** All panels, the requests below the others. */
export const overview: ScreenView = (input) => {
  const { width, height, layout, view } = input;
  const bands = bandsOf(layout, width, height);
  const above = [...(layout === 'small' ? smallBox(input) : []), ...bands.flatMap((band) => drawBand(band, input))];
  // Where the sessions have no place of their own they take that of the requests while they are looked at.
  const hasSessions = bands.some(({ panels }) => panels.includes(sessionsPanel));
  const last = view.focus === 'sessions' && !hasSessions ? sessionsPanel : requestsPanel;
  return [...above, ...last({ ...input, height: height - above.length })];
};

/** How many requests a screen of that size shows: what a page is. */
export function pageRows(size: ScreenSize): number {
  const layout = layoutOf(size);
  const height = size.rows - 1 - footerHeight(layout);
  const above = bandsOf(layout, size.columns, height).reduce((sum, band) => sum + band.height, 0);
  return Math.max(height - above - (layout === 'small' ? smallBoxHeight : 0) - aroundRequests, 1);
}

/** Where there are more lines than needed the panels get a share of them, and the requests the rest. */
function bandsOf(layout: Layout, width: number, height: number): readonly Band[] {
  const spare = (least: number, share: number, most: number): number =>
    Math.min(Math.max(Math.floor((height - least) / share), 0), most);
  if (layout === 'three columns') {
    const more = spare(37, 6, 4);
    return [
      { height: 10 + more, panels: [costPanel, cachePanel, latencyPanel] },
      { height: 8 + more, panels: [providersPanel, sessionsPanel] },
    ];
  }
  if (layout === 'two columns') {
    const more = spare(21, 6, 3);
    return [
      { height: 6 + more, panels: [costPanel, cachePanel] },
      { height: 6 + more, panels: [latencyPanel, providersPanel] },
      ...(height >= 36 ? [{ height: 7, panels: [sessionsPanel] }] : []),
    ];
  }
  if (layout !== 'stacked') return [];
  return [
    { height: 7, panels: [costPanel] },
    { height: 6, panels: [cachePanel] },
    { height: 6, panels: [latencyPanel] },
    { height: 9, panels: [providersPanel] },
    ...(width >= sessionsWidth ? [{ height: 6, panels: [sessionsPanel] }] : []),
  ];
}

function drawBand({ height, panels }: Band, input: ViewInput): Line[] {
  let rest = input.width;
  const blocks = panels.map((panel, index) => {
    const width = Math.floor(rest / (panels.length - index));
    rest -= width;
    return panel({ ...input, width, height });
  });
  return beside(...blocks);
}
