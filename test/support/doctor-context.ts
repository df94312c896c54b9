import type { DoctorContext } from '../../src/cli/doctor/check.ts';
import { readConfig } from '../../src/cli/doctor/doctor-context.ts';
import { resolvePaths } from '../../src/proxy/config/index.ts';

/** What a check is given where no proxy runs and everything is as by default, with a home that is not there. */
export function madeContext(made: Partial<DoctorContext> = {}): DoctorContext {
  const env = made.env ?? { HOME: '/nowhere', TOKENPAK_HOME: '/nowhere/tokenpak' };
  return {
    ...{ env, globals: {}, port: 8766, proxy: null, isOffline: true, screen: null },
    paths: resolvePaths({ env }),
    config: () => readConfig(env, made.globals ?? {}),
    health: () => Promise.resolve(null),
    stats: () => Promise.resolve(null),
    signal: new AbortController().signal,
    ...made,
  };
}
