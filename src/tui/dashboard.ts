import type { ChalkInstance } from 'chalk';
import { paintLine, type Paint } from './cells.ts';
import { chosenRequests } from './chosen-requests.ts';
import { DetailAsker } from './detail-asker.ts';
import type { Device } from './device.ts';
import { FramePace } from './frame-pace.ts';
import { asciiGlyphs, type Glyphs, unicodeGlyphs } from './glyphs.ts';
import { openInkScreen } from './ink-screen.tsx';
import { keyName } from './key-name.ts';
import { press } from './keys.ts';
import { drawScreen, type ScreenInput, scrollRoom } from './layout.ts';
import { createPaint } from './palette.ts';
import { openSource, type Source } from './source.ts';
import type { DashboardState, NoticeRow, RequestRow } from './state.ts';
import { DashboardStore } from './store.ts';
import { ShownLines } from './shown-lines.ts';
import { TerminalSession } from './terminal-session.ts';
import { ThreadLoad } from './thread-load.ts';
import { type Action, firstView, type View } from './view.ts';

export interface DashboardOptions {
  /** Of the proxy, without a path. */
  readonly url: string;
  /** For an exposed proxy, or null. */
  readonly token: string | null;
  /** Nothing can be changed from here. */
  readonly readOnly: boolean;
  readonly device: Device;
  readonly color: ChalkInstance;
  readonly ascii: boolean;
  /** Said while it is suspended. */
  readonly suspended: string;
  readonly handlers: DashboardHandlers;
}

/** The request that an action is about, as far as it is known. */
export interface Subject {
  readonly row: RequestRow | null;
  readonly trace: Awaited<ReturnType<Source['detail']>>;
}

/** What a screen cannot do by itself. */
export interface DashboardHandlers {
  /** `q`. */
  readonly leave: () => void;
  /** `ctrl-c`. */
  readonly stop: () => void;
  /** The terminal is gone. */
  readonly lost: () => void;
  /** Does something, and gives what to say of it. A rejection's message is said as well. */
  readonly change: (action: Extract<Action, { type: 'breaker' | 'allowBudget' }>) => Promise<string>;
  /** The text that is put on the clipboard. */
  readonly curl: (subject: Subject) => string;
  /** Shows a text page by page, on a terminal that is its own as long as that takes. */
  readonly page: (text: string) => Promise<void>;
}

export interface Dashboard {
  /** Something that this program itself has to say. */
  readonly notice: (level: NoticeRow['level'], message: string) => void;
  /** Frames and bytes that were written, for those who measure. */
  readonly written: { readonly frames: number; readonly bytes: number };
  /** Gives the terminal back. */
  readonly close: () => void;
}

/** Shows a running proxy on a terminal until it is closed. */
export function openDashboard(options: DashboardOptions): Dashboard {
  return new Running(options);
}

/** Between two looks at whether something has changed. */
const lookMs = 250;
/** How long what came of an action is to be read, unless a key is pressed. */
const saidMs = 6000;

/** Stands in the place of the keys. */
const noKeys = 'keys are not read: standard input is no terminal; ctrl-c ends it';

class Running implements Dashboard {
  readonly #options: DashboardOptions;
  readonly #store: DashboardStore;
  readonly #source: Source;
  readonly #details: DetailAsker;
  readonly #session: TerminalSession;
  readonly #shown = new ShownLines();
  readonly #ink: ReturnType<typeof openInkScreen>;
  readonly #load = new ThreadLoad();
  readonly #pace = new FramePace(() => this.#load.look());
  readonly #paint: Paint;
  readonly #glyphs: Glyphs;
  #view: View;
  /** What is shown: the newest, or the one at which the screen was paused. */
  #state: DashboardState;
  #timer: NodeJS.Timeout | undefined;
  #saidTimer: NodeJS.Timeout | undefined;
  #isUrgent = true;
  #isFocused = true;
  #isLent = false;
  #isClosed = false;

  constructor(options: DashboardOptions) {
    this.#options = options;
    const { url, token, readOnly, device, color, ascii } = options;
    this.#paint = createPaint(color);
    this.#glyphs = ascii ? asciiGlyphs : unicodeGlyphs;
    const said = device.input === null ? noKeys : null;
    this.#view = { ...firstView, chart: ascii ? 'ascii' : firstView.chart, said };
    this.#store = new DashboardStore({ url, readOnly, now: Date.now() });
    this.#state = this.#store.getSnapshot();
    this.#source = openSource({ baseUrl: url, token, store: this.#store });
    this.#details = new DetailAsker(this.#source, () => this.#urgent());
    this.#session = new TerminalSession({
      device,
      onResume: () => this.#urgent(),
      onFocus: (focused) => this.#focus(focused),
    });
    this.#session.start();
    this.#session.screen.on('resize', () => this.#urgent());
    this.#session.screen.on('lost', () => options.handlers.lost());
    this.#ink = openInkScreen({
      session: this.#session,
      store: this.#shown,
      onKey: (input, key) => this.#press(keyName(input, key)),
    });
    this.#look();
  }

  get written(): Dashboard['written'] {
    return this.#session.screen.written;
  }

  notice(level: NoticeRow['level'], message: string): void {
    this.#store.notice({ time: Date.now(), level, message });
    this.#urgent();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#saidTimer);
    this.#source.close();
    this.#ink.unmount();
    this.#session.close();
  }

  #urgent(): void {
    this.#isUrgent = true;
    this.#look();
  }

  #focus(focused: boolean): void {
    this.#isFocused = focused;
    if (focused) this.#urgent();
  }

  /** Draws when it is time to; else looks again in a while. */
  #look(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed || this.#isLent) return;
    const due = this.#pace.dueIn({
      now: performance.now(),
      // Without the keyboard it may still be in view: once a second is enough then.
      changed: this.#isFocused && this.#store.isChanged,
      urgent: this.#isUrgent,
      still: this.#view.paused,
    });
    if (due === 0) this.#draw();
    this.#timer = setTimeout(() => this.#look(), due === null || due === 0 ? lookMs : Math.min(due, lookMs));
  }

  #draw(): void {
    const startedAt = performance.now();
    this.#isUrgent = false;
    if (!this.#view.paused) {
      this.#store.publish(Date.now());
      this.#state = this.#store.getSnapshot();
    }
    const lines = drawScreen(this.#screenInput());
    this.#shown.show(lines.map((line) => paintLine(line, this.#paint)));
    const now = performance.now();
    this.#pace.drawn(now, now - startedAt);
  }

  #screenInput(): ScreenInput {
    const { columns, rows } = this.#session.screen;
    const view = this.#view;
    const id = view.name === 'detail' ? view.selected : null;
    const detail = id === null ? null : this.#details.of(id, this.#rowOf(id));
    return { state: this.#state, view, detail, columns, rows, glyphs: this.#glyphs, isSlow: this.#pace.slow };
  }

  #press(key: string): void {
    if (this.#isClosed || this.#isLent) return;
    const input = this.#screenInput();
    const requests = chosenRequests(input.state.requests, input.view);
    const { view, action } = press(key, { ...scrollRoom(input), view: input.view, state: input.state, requests });
    const wasPaused = this.#view.paused;
    this.#see(view);
    if (wasPaused !== view.paused) this.#source.setPace(!view.paused);
    if (action !== null) void this.#act(action).catch((error: unknown) => this.#say((error as Error).message));
  }

  #say(said: string): void {
    this.#see({ ...this.#view, said });
  }

  /** Draws another view at once. What it says is taken back by itself. */
  #see(view: View): void {
    this.#view = view;
    // Whoever presses keys wants frames: that they cost is no reason for fewer of them afterwards.
    this.#load.pass();
    clearTimeout(this.#saidTimer);
    if (view.said !== null) this.#saidTimer = setTimeout(() => this.#see({ ...this.#view, said: null }), saidMs);
    this.#urgent();
  }

  #rowOf(id: string): RequestRow | null {
    return this.#state.requests.find((row) => row.id === id) ?? null;
  }

  async #act(action: Action): Promise<void> {
    const { handlers } = this.#options;
    switch (action.type) {
      case 'leave':
        return handlers.leave();
      case 'stop':
        return handlers.stop();
      case 'suspend':
        return this.#session.suspend(this.#options.suspended);
      case 'copy':
        this.#session.screen.copy(handlers.curl(await this.#subject(action.id)));
        return this.#say('copied as curl, without secrets and body, where the terminal allows it (OSC 52)');
      case 'openJson':
        return this.#page(await this.#subject(action.id));
      case 'breaker':
      case 'allowBudget':
        return this.#say(await handlers.change(action));
    }
  }

  async #subject(id: string): Promise<Subject> {
    return { row: this.#rowOf(id), trace: await this.#source.detail(id) };
  }

  async #page(subject: Subject): Promise<void> {
    this.#isLent = true;
    try {
      await this.#session.lend(() => this.#options.handlers.page(JSON.stringify(subject, null, 2)));
    } finally {
      this.#isLent = false;
      this.#urgent();
    }
  }
}
