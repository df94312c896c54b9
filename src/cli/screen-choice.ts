import type { Terminal } from './terminal.ts';

/** How a running proxy is shown: as a screen, as sentences for a screen reader, or as a line for each request. */
export type ScreenChoice = 'screen' | 'sentences' | 'lines';

export interface ScreenOptions {
  /** False with `--no-tui`. */
  readonly tui: boolean;
  readonly json?: boolean;
  readonly screenReader?: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A screen needs a terminal that can place text; programs that run others without anybody looking say so in `CI`. */
export function screenChoice(
  { tui, json = false, screenReader = false }: ScreenOptions,
  { device }: Pick<Terminal, 'device'>,
  env: Environment,
): ScreenChoice {
  if (!tui || json || device === null) return 'lines';
  if (screenReader || isSet(env.INK_SCREEN_READER)) return 'sentences';
  return env.TERM === 'dumb' || isSet(env.CI) || isSet(env.CONTINUOUS_INTEGRATION) ? 'lines' : 'screen';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

/** Whether a terminal shows more than ASCII: by its locale, as POSIX ranks the variables; Windows' and macOS' all do. */
export function showsUnicode(env: Environment, platform: NodeJS.Platform): boolean {
  if (platform === 'win32' || platform === 'darwin') return true;
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '');
  return /utf-?8/iu.test(locale ?? '');
}
