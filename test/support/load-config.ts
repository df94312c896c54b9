import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ConfigError, createSecrets, type LoadedConfig, loadConfig } from '../../src/proxy/config/index.ts';
import type { ConfigSources } from '../../src/proxy/config/load.ts';
import type { Problem } from '../../src/proxy/config/problem.ts';

export interface ConfigHome {
  readonly directory: string;
  readonly file: string;
  /** Loads the given YAML (or none) with nothing else around it but what is given. */
  readonly load: (yaml: string | Buffer | null, sources?: Sources) => Promise<LoadedConfig>;
  /** The problems of the same; empty when there are none. */
  readonly problems: (yaml: string | Buffer | null, sources?: Sources) => Promise<readonly Problem[]>;
  readonly remove: () => void;
}

interface Sources {
  readonly env?: NodeJS.ProcessEnv;
  readonly flags?: ConfigSources['flags'];
}

/** A home of its own for tests of the configuration. */
export function configHome(): ConfigHome {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'tokenpak-config-'));
  const file = path.join(directory, 'tokenpak.yaml');

  async function load(yaml: string | Buffer | null, { env = {}, flags = {} }: Sources = {}): Promise<LoadedConfig> {
    rmSync(file, { force: true });
    if (yaml !== null) writeFileSync(file, yaml, { mode: 0o600 });
    const home = { home: directory, ...flags };
    return loadConfig({ env, flags: home, secrets: createSecrets(env), version: '1.2.3', demo: false });
  }

  return {
    directory,
    file,
    load,
    async problems(yaml, sources) {
      try {
        await load(yaml, sources);
        return [];
      } catch (error) {
        if (error instanceof ConfigError) return error.problems;
        throw error;
      }
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
