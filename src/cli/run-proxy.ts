import type { Paths } from '../proxy/config/index.ts';
import { watchConfig } from './config-watch.ts';
import { startDemoTraffic } from './demo-traffic.ts';
import type { DetachedReady } from './detach.ts';
import { followEvents } from '../tui/event-stream.ts';
import type { ExitCode } from './exit-codes.ts';
import { HostScreen } from './host-screen.ts';
import { elapsed } from '../tui/format.ts';
import { createJournal, type Journal } from './journal.ts';
import { createLifecycle, type Lifecycle } from './lifecycle.ts';
import { announce, localUrl, type Presence } from './presence.ts';
import { product } from './product.ts';
import { ProxyThread, type Ready, StartError } from './proxy-thread.ts';
import type { EndedRequest } from './request-line.ts';
import { openRunningConfig, type RunningConfig } from './running-config.ts';
import type { ControlledProxy, ScreenFlags } from './open-screen.ts';
import type { ScreenChoice } from './screen-choice.ts';
import { skippedEvents } from './skipped-events.ts';
import { explainStartFailure } from './start-failure.ts';
import type { StartFlags } from './start-options.ts';
import type { Terminal } from './terminal.ts';
import { welcome } from './welcome.ts';

export interface RunOptions {
  readonly flags: StartFlags;
  readonly demo: boolean;
  readonly json: boolean;
  readonly screen: { readonly choice: ScreenChoice; readonly flags: ScreenFlags };
  /** Without a terminal: another tokenpak has started it and waits for it to be ready. */
  readonly detached: boolean;
}

const demoTraffic = { seed: 1, requestsPerSecond: 3 };

/** Runs a proxy until it is stopped, and gives the exit code. */
export async function runProxy(options: RunOptions, terminal: Terminal): Promise<ExitCode> {
  const host = new ProxyHost(options, terminal);
  try {
    await Promise.race([host.serve(), host.ended]);
    return await host.ended;
  } finally {
    await host.close();
  }
}

/** The main thread's part of a running proxy: everything but the proxy itself. */
class ProxyHost {
  readonly #options: RunOptions;
  readonly #terminal: Terminal;
  readonly #journal: Journal;
  readonly #thread: ProxyThread;
  readonly #lifecycle: Lifecycle;
  readonly #screen: HostScreen;
  readonly #skipped = skippedEvents((message) => this.#journal.event(message), performance.now.bind(performance));
  #config: RunningConfig | null = null;
  #presence: Presence | null = null;
  #stopTraffic = (): void => undefined;
  #stopFollowing = (): void => undefined;
  #stopWatching = (): void => undefined;

  constructor(options: RunOptions, terminal: Terminal) {
    this.#options = options;
    this.#terminal = terminal;
    this.#journal = createJournal({ terminal, json: options.json, detached: options.detached });
    // First of all: the thread loads its modules on another core while the configuration is read here.
    this.#thread = new ProxyThread(new URL('../proxy/worker.js', import.meta.url), {
      log: this.#journal.log,
      lost: () => {
        this.#screen.close();
        this.#journal.log('error', 'the proxy cannot be kept running');
        this.#lifecycle.lost();
      },
      restarted: (ready) => {
        this.#journal.log('warn', 'the proxy runs again');
        this.#presence?.update(ready);
      },
    });
    this.#lifecycle = createLifecycle({
      journal: this.#journal,
      detached: options.detached,
      ending: () => this.#screen.close(),
      kill: () => this.#thread.kill(),
      drain: (drainMs) => this.#drain(drainMs),
      reload: () => this.#reload(),
    });
    const commandAgain = (url: string): string => topCommand(options, url);
    this.#screen = new HostScreen({ terminal, journal: this.#journal, commandAgain, ...options.screen });
  }

  get ended(): Promise<ExitCode> {
    return this.#lifecycle.ended;
  }

  /** @throws ConfigError, CommandError */
  async serve(): Promise<void> {
    const { flags, demo, detached } = this.#options;
    const running = await openRunningConfig({ flags, demo, detached, journal: this.#journal });
    this.#config = running;
    const { config } = running;
    const ready = await this.#thread.start(config).catch(async (error: unknown) => {
      throw error instanceof StartError ? await explainStartFailure(error, config) : error;
    });
    if (running.writable) this.#presence = await this.#announce(ready);
    this.#greet(ready, config.listen.expose);
    const baseUrl = localUrl(ready);
    this.#stopFollowing = followEvents({
      baseUrl,
      token: config.listen.token,
      onEvent: (name, data) => this.#show(name, data),
    });
    if (!demo) this.#stopWatching = this.#watch(config.paths.configFile);
    // What draws is large, and the proxy serves by now.
    await this.#screen.open({ url: baseUrl, token: config.listen.token, control: this.#control(ready, config.paths) });
    if (demo) this.#stopTraffic = startDemoTraffic({ baseUrl, ...demoTraffic });
  }

  async close(): Promise<void> {
    this.#screen.close();
    this.#stopTraffic();
    this.#stopFollowing();
    this.#stopWatching();
    this.#lifecycle.dispose();
    await this.#thread.kill();
    // Last: whoever waits for this proxy to end takes it as gone when nobody answers any more.
    await this.#presence?.withdraw();
    this.#config?.close();
  }

  /** Without it the proxy serves all the same; other commands do not find it. */
  async #announce(ready: Ready): Promise<Presence | null> {
    const { flags, detached } = this.#options;
    try {
      const { paths, listen } = (this.#config as RunningConfig).config;
      return await announce(ready, {
        paths,
        tokenEnv: listen.tokenEnv,
        detached,
        flags,
        handlers: {
          stop: (drainMs) => this.#lifecycle.drain('told to stop', drainMs),
          reload: () => this.#reload(),
          change: (change) => this.#thread.change(change),
        },
      });
    } catch (error) {
      this.#journal.log('warn', `other commands will not find this proxy: ${(error as Error).message}`);
      return null;
    }
  }

  #greet(ready: Ready, exposed: boolean): void {
    const { flags, demo, json, detached } = this.#options;
    for (const notice of ready.notices) this.#journal.log('warn', notice);
    if (detached) this.#journal.log('info', `listening on ${localUrl(ready)}`);
    else if (json) this.#terminal.json(readyEvent(ready));
    else welcome(this.#terminal, { ready, flags, demo, exposed });
    // The one that started it waits for this.
    const told: DetachedReady = { url: localUrl(ready), pid: process.pid };
    if (detached) process.send?.(told, () => process.disconnect());
  }

  #show(name: string, data: () => unknown): void {
    if (name === 'ended') this.#journal.request(data() as EndedRequest);
    if (name !== 'notice') return;
    const { message, skipped } = data() as { readonly message: string; readonly skipped: number | null };
    if (skipped === null) this.#journal.event(message);
    else this.#skipped(skipped);
  }

  /** A screen changes things the way other programs do. */
  #control({ port }: Ready, { controlSocket }: Paths): ControlledProxy | null {
    return this.#presence === null ? null : { controlSocket, file: { port } };
  }

  async #drain(drainMs: number | null): Promise<void> {
    this.#stopTraffic();
    const time = drainMs ?? this.#config?.config.drainMs ?? 0;
    if (time > 0) this.#journal.log('info', `requests in flight may go on for ${elapsed(time)} at most`);
    const { clean } = await this.#thread.stop(time);
    this.#journal.log(clean ? 'info' : 'warn', clean ? 'stopped' : 'stopped; requests were cut off');
  }

  #watch(file: string): () => void {
    return watchConfig(file, {
      changed: () => void this.#reload(),
      gone: () => this.#journal.log('warn', `${file} is gone: the configuration stays as it is`),
    });
  }

  async #reload(): Promise<readonly string[]> {
    return (await this.#config?.reload((next) => this.#thread.reload(next))) ?? ['the proxy is still starting'];
  }
}

/** Nobody looks for a proxy in the home of a demonstration, or in another one than they were told. */
function topCommand({ demo, flags }: RunOptions, url: string): string {
  if (demo) return `tokenpak top --url ${url}`;
  return `tokenpak top${flags.home === undefined ? '' : ` --home ${flags.home}`}`;
}

function readyEvent(ready: Ready): object {
  const { port, instance, address } = ready;
  return { event: 'ready', version: product.version, url: localUrl(ready), port, instance, address, pid: process.pid };
}
