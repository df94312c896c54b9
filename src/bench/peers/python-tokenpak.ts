import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { versionOf } from './installed.ts';
import type { Peer } from './peer.ts';

/** Where it looks for its settings, by version. */
const settingsFolders = ['.tokenpak', '.tpk'];

/** @param command the `tokenpak` of Python's package, under whatever name it has; null where none was named */
export function pythonTokenpak(command: string | null): Peer {
  return {
    name: 'Python TokenPak',
    hint: 'pip install tokenpak in an environment of its own, and --python-tokenpak ITS/bin/tokenpak',
    version: () => (command === null ? null : versionOf(command, ['version'])),
    launch({ scratch, upstreamPort, port }) {
      const upstream = `127.0.0.1:${upstreamPort}`;
      const settings = `providers:\n  mock:\n    endpoint: http://${upstream}\n    format: anthropic\n`;
      for (const folder of settingsFolders) {
        mkdirSync(path.join(scratch, folder));
        writeFileSync(path.join(scratch, folder, 'config.yaml'), settings, { mode: 0o600 });
      }
      return {
        command: [command ?? '', 'serve', '--port', String(port)],
        env: { HOME: scratch, TOKENPAK_UPSTREAM_CONCURRENCY: '1000' },
        // It tells its own providers by the host that a request names.
        terms: { headers: [`Host: ${upstream}`], rewrites: true },
      };
    },
  };
}
