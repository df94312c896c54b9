import path from 'node:path';
import type { ConfigFlags } from '../proxy/config/index.ts';
import type { ScreenFlags } from './open-screen.ts';
import type { GlobalOptions } from './command-context.ts';

/** What `tokenpak start` was told. */
export interface StartOptions extends GlobalOptions, ScreenFlags {
  readonly port?: number;
  readonly host?: string;
  readonly upstream?: Readonly<Record<string, string>>;
  readonly expose?: true;
  readonly demo?: true;
  /** False with `--no-tui`. */
  readonly tui: boolean;
  readonly screenReader?: true;
  readonly detach?: true;
  readonly logFile?: string;
  readonly logLevel?: string;
  /** Milliseconds. */
  readonly drain?: number;
  readonly json?: true;
  /** Set on the process that `--detach` starts. */
  readonly background?: true;
}

export type StartFlags = ConfigFlags & GlobalOptions;

/** The part of it that is configuration. Paths are relative to the working directory: the user typed them there. */
export function configFlags(options: StartOptions): StartFlags {
  const { port, host, expose, logLevel, logFile, drain, upstream, config, home } = options;
  return {
    ...(port === undefined ? {} : { port }),
    ...(host === undefined ? {} : { host }),
    ...(expose === undefined ? {} : { expose }),
    ...(logLevel === undefined ? {} : { logLevel }),
    ...(logFile === undefined ? {} : { logFile: path.resolve(logFile) }),
    ...(drain === undefined ? {} : { drainSeconds: drain / 1000 }),
    ...(upstream === undefined ? {} : { upstreams: upstream }),
    ...(config === undefined ? {} : { config: path.resolve(config) }),
    ...(home === undefined ? {} : { home: path.resolve(home) }),
  };
}

/** The same as a command line, which means the same in any working directory. */
export function startArguments(flags: StartFlags): string[] {
  const flag = (name: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [`--${name}=${value}`];
  return [
    ...flag('config', flags.config),
    ...flag('home', flags.home),
    ...flag('port', flags.port),
    ...flag('host', flags.host),
    ...(flags.expose ? ['--expose'] : []),
    ...flag('log-level', flags.logLevel),
    ...flag('log-file', flags.logFile),
    ...flag('drain', flags.drainSeconds === undefined ? undefined : `${flags.drainSeconds}s`),
    ...Object.entries(flags.upstreams ?? {}).flatMap(([name, url]) => flag('upstream', `${name}=${url}`)),
  ];
}
