import type { Dashboard, DashboardHandlers } from '../tui/index.ts';
import { changeProxy } from './change-proxy.ts';
import type { RunningProxy } from './instances.ts';
import { page } from './pager.ts';
import { requestCurl } from './request-curl.ts';
import { showsUnicode } from './screen-choice.ts';
import type { Terminal } from './terminal.ts';

export interface ScreenFlags {
  readonly ascii?: true;
}

export interface OpenScreenOptions extends Pick<DashboardHandlers, 'leave' | 'stop' | 'lost'> {
  readonly url: string;
  readonly token: string | null;
  readonly flags: ScreenFlags;
  /** Said while the screen is suspended. */
  readonly suspended: string;
  /** Whom changes go to, over its control socket; null: nothing can be changed. */
  readonly control: ControlledProxy | null;
}

/** The part of a running proxy that changes need. */
export type ControlledProxy = Pick<RunningProxy, 'controlSocket'> & { readonly file: { readonly port: number } };

/**
 * Shows a proxy on the terminal. Ink is loaded here and nowhere else: it takes longer than most commands.
 * @throws Error when the terminal cannot show it
 */
export async function openScreen(terminal: Terminal, options: OpenScreenOptions): Promise<Dashboard> {
  const { device, color } = terminal;
  if (device === null) throw new Error('standard output is no terminal');
  const { url, token, flags, suspended, control, leave, stop, lost } = options;
  const { openDashboard } = await import('../tui/index.ts');
  return openDashboard({
    ...{ url, token, device, color, suspended, readOnly: control === null },
    ascii: flags.ascii === true || !showsUnicode(process.env, process.platform),
    handlers: {
      ...{ leave, stop, lost },
      change: (action) => changed(control, action),
      curl: (subject) => requestCurl(url, subject),
      page: (text) => page(text, process.env),
    },
  });
}

type ChangeAction = Parameters<DashboardHandlers['change']>[0];

async function changed(control: ControlledProxy | null, action: ChangeAction): Promise<string> {
  if (control === null) throw new Error('nothing can be changed from here');
  if (action.type === 'breaker') {
    const { name, to } = action;
    await changeProxy(control, 'POST /breaker', { name, to });
    return `breaker of ${name}: ${to}`;
  }
  const { name, subject, once } = action;
  await changeProxy(control, 'POST /budget', { kind: 'budget-allow', name, subject, once });
  return `budget ${name} allows more, once`;
}
