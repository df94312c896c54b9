import type { Instance } from './instance-files.ts';

/** What stands in `listen.tokenEnv` unless somebody writes another name. */
const usualName = 'TOKENPAK_TOKEN';

/** The environment variable that holds the token of a proxy: as it was configured; of one elsewhere the usual one. */
export function tokenName(file: Pick<Instance, 'token_env'> | null): string {
  return file?.token_env ?? usualName;
}

/** What a proxy wants to be shown by whoever asks it, where it is exposed; null where the environment has none. */
export function proxyToken(
  file: Pick<Instance, 'token_env'> | null,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | null {
  return env[tokenName(file)] ?? null;
}
