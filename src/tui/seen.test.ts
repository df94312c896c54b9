import { describe, expect, it } from 'vitest';
import { exampleNow, exampleRow } from '../../test/support/screen/example-requests.ts';
import { exampleState } from '../../test/support/screen/example-state.ts';
import { lineText } from './cells.ts';
import { unicodeGlyphs } from './glyphs.ts';
import { drawScreen, type ScreenInput } from './layout.ts';
import { pageRows } from './views/overview.ts';
import { firstView, type View } from './view.ts';

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

describe('what is seen', () => {
  const of = (changes: Partial<View>): Partial<ScreenInput> => ({ view: { ...firstView, ...changes } });

  it('guides instead of zeros before the first request', () => {
    const shown = screen({ state: exampleState({ requests: [], snapshot: null, health: null }) });
    expect(shown).toContain('Waiting for the first request.');
    expect(shown).toContain('eval "$(tokenpak env)"');
    expect(shown).toContain('no data');
    expect(shown).not.toContain('$0');
  });

  it('is the request under the cursor, however long the list', () => {
    const requests = Array.from({ length: 500 }, (_, index) =>
      exampleRow({ id: `tp_${index}`, model: `model-${index}`, time: 1e12 - index }),
    );
    for (const index of [0, 3, 250, 498, 499]) {
      const marked = texts({ state: exampleState({ requests }), ...of({ selected: `tp_${index}` }) }).filter((line) =>
        line.startsWith('│ >'),
      );
      expect(marked).toEqual([expect.stringContaining(`model-${index} `)]);
    }
  });

  it('tells which requests are left by the filter, and what is wrong with one', () => {
    expect(screen(of({ filter: 'is:error' }))).toContain('2 of 8  filter is:error');
    const broken = texts(of({ filter: 'cost>much' }));
    expect(broken.at(-1)).toContain('cost needs a number');
    expect(broken.join('\n')).toContain('8 of 8');
  });

  it('is the end of a filter that is longer than the line', () => {
    expect(texts(of({ typing: `model:${'x'.repeat(200)}end` })).at(-1)).toMatch(/^ \/ x+end /u);
  });

  it('is a question, and how to answer it', () =>
    expect(texts(of({ question: { text: 'Open the breaker?', action: { type: 'leave' } } })).at(-1)).toContain(
      'Open the breaker?  y yes',
    ));

  it('says how to answer a question, however long that is', () => {
    const question = { text: 'breaker of a provider: '.repeat(9), action: { type: 'leave' } } as const;
    const view: View = { ...firstView, question };
    expect(texts({ view, columns: 60, rows: 15 }).at(-1)).toMatch(/^ breaker of .*…  y yes, n no$/u);
  });

  it('says so when the overhead is above its target', () => {
    const state = exampleState();
    const slow = { p50: 1, p95: 18, p99: 31, p999: 40, max: 50 };
    const window = { ...state.snapshot!.run, latency_ms: { overhead: slow, first_byte: null, total: null } };
    const snapshot = { ...state.snapshot!, run: window };
    expect(screen({ state: { ...state, snapshot }, ...of({ window: 'run' }) })).toContain('SLOW p99>20');
    expect(screen({ state: { ...state, snapshot } })).toContain('OK p99<20');
  });

  it('counts what has no price beside the sum, and calls it nothing less than unknown in its row', () => {
    const state = exampleState();
    const snapshot = { ...state.snapshot!, run: { ...state.snapshot!.run, unpriced: 3 } };
    expect(screen({ state: { ...state, snapshot } })).toContain('+ 3 unpriced');
    expect(texts({ columns: 140, rows: 40 }).find((line) => line.includes('unlisted'))).toMatch(/ \? │$/u);
  });

  it('is the quota that a provider tells of', () => {
    const state = exampleState();
    const quota = [
      { name: '5h', used: 0.42, limit: null, remaining: null, resets: 'soon' },
      { name: 'requests', used: null, limit: 5000, remaining: 4000, resets: null },
    ];
    const anthropic = { ...state.snapshot!.providers['anthropic']!, quota };
    const snapshot = { ...state.snapshot!, providers: { ...state.snapshot!.providers, anthropic } };
    expect(screen({ state: { ...state, snapshot }, columns: 140, rows: 40 })).toContain(
      'quota  5h 42%  requests 20%  resets soon',
    );
  });

  it('marks the provider under the cursor, and shows the idle ones then', () => {
    const shown = texts({ ...of({ focus: 'providers', provider: 3 }), columns: 140, rows: 40 });
    expect(shown.join('\n')).toContain('│ >ollama');
  });

  it('promises no probe of a circuit that was forced open', () => {
    const state = exampleState();
    const google = { ...state.health!.circuit_breakers['google']!, state: 'forced_open' as const };
    const health = { ...state.health!, circuit_breakers: { ...state.health!.circuit_breakers, google } };
    for (const [columns, rows] of [
      [60, 15],
      [80, 24],
      [140, 40],
    ] as const) {
      const line = texts({ state: { ...state, health }, columns, rows }).find((text) => text.includes('google'))!;
      expect(line).toMatch(/google +FORCED OPEN/u);
      expect(line).not.toMatch(/probe \d|OPEN \d+s/u);
    }
  });

  it('is the last failure of a provider, as a word that has room', () => {
    const state = exampleState();
    const circuits = state.health!.circuit_breakers;
    const google = { ...circuits['google']!, last_failure: 'upstream_truncated' };
    const health = { ...state.health!, circuit_breakers: { ...circuits, google } };
    const lineOf = (columns: number, rows: number): string =>
      texts({ state: { ...state, health }, columns, rows }).find((text) => /google +OPEN/u.test(text))!;
    expect(lineOf(80, 24)).toContain('OPEN    cut, probe 38s');
    expect(lineOf(140, 40)).toMatch(/ cut +probe 38s/u);
  });

  it.each([
    [80, 24],
    [84, 50],
    [100, 24],
    [140, 40],
  ])('says once that nobody knows why caches missed, on %i by %i', (columns, rows) => {
    expect(screen({ columns, rows }).match(/misses/gu)).toHaveLength(1);
  });

  it('is how much of what is charted there is a minute', () => {
    const of = (measure: View['measure']): string => screen({ view: { ...firstView, measure } });
    expect(of('cost')).toMatch(/ \$0\.38\/min │/u);
    expect(of('tokens')).toMatch(/ 920k tok\/m │/u);
    expect(of('requests')).toMatch(/ 38 req\/m │/u);
  });

  it('is every word of an event, over as many lines as it needs', () => {
    const message = `circuit breaker of anthropic is forced open: ${'requests are refused '.repeat(6)}until the end`;
    const state = exampleState({ notices: [{ time: exampleNow, level: 'error', message }] });
    for (const columns of [60, 80]) {
      const shown = screen({ state, view: { ...firstView, name: 'events' }, columns, rows: 15 });
      expect(shown.replace(/[│\s]+/gu, ' ')).toContain(message);
    }
  });

  it('is the sessions in place of the requests where they have no place of their own', () => {
    expect(screen(of({ focus: 'sessions' }))).toContain('6 sessions');
    expect(screen({})).not.toContain('6 sessions');
  });

  it.each([
    [{ connection: { state: 'lost', since: exampleNow - 4000 } } as const, 'LOST 00:00:04'],
    [{ connection: { state: 'lost', since: exampleNow - 60_000 } } as const, 'DOWN 00:01:00'],
    [{ connection: { state: 'connecting' } } as const, 'CONNECTING'],
    [{ health: { ...exampleState().health!, status: 'draining' } }, 'DRAINING 01:12:44'],
    [{ health: { ...exampleState().health!, shedding: 'heap' } }, 'SHEDDING'],
    [{ readOnly: true }, 'read-only'],
  ])('says how the proxy is: %#', (changes, word) => {
    expect(texts({ state: exampleState(changes) })[0]).toContain(word);
  });

  it('is one line of what matters most on a tiny terminal', () => {
    const shown = texts({ columns: 90, rows: 3 });
    expect(shown[0]).toMatch(/^pak \$4\.18 today \$11\.02 \| cache 92% \| p99 12ms \| openai HALF \| google OPEN 38s/u);
    expect(shown.slice(1).join('').trim()).toBe('');
  });

  it('is what waits for an answer on a tiny terminal, while something does', () => {
    const asked = { text: 'open it?', action: { type: 'leave' } as const };
    const tiny = (changes: Partial<View>): string => texts({ ...of(changes), columns: 39, rows: 5 })[0]!;
    expect(tiny({ question: asked })).toMatch(/^ open it\? {2}y yes, n no +$/u);
    expect(tiny({ typing: 'is:err' })).toMatch(/^ \/ is:err/u);
    expect(tiny({ said: 'copied' })).toMatch(/^ copied +$/u);
    expect(tiny({})).toMatch(/^pak /u);
  });

  it('says that it is slow, at every size that has a header', () => {
    for (const [columns, rows] of [
      [60, 15],
      [80, 24],
      [140, 40],
    ] as const) {
      expect(texts({ columns, rows, isSlow: true })[0]).toContain(' slow screen ');
      expect(texts({ columns, rows })[0]).not.toContain('slow');
    }
  });

  it('is a page of as many requests as there is room for', () => {
    const requests = Array.from({ length: 99 }, (_, index) => exampleRow({ id: `tp_${index}`, model: `m${index}` }));
    for (const size of [
      { columns: 80, rows: 24 },
      { columns: 140, rows: 40 },
      { columns: 80, rows: 60 },
    ]) {
      const shown = texts({ ...size, state: exampleState({ requests }) }).filter((line) => / m\d+ /u.test(line));
      expect(shown).toHaveLength(pageRows(size));
    }
  });
});
