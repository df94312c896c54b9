import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Peer } from './peer.ts';

const packagePath = 'node_modules/@portkey-ai/gateway';

/** @param directory where the user has installed it with `npm install --prefix`; null where none was named */
export function portkey(directory: string | null): Peer {
  const home = directory === null ? null : path.resolve(directory, packagePath);
  return {
    name: 'Portkey gateway',
    hint: 'npm install --prefix DIR @portkey-ai/gateway, and --peers-dir DIR',
    version() {
      const manifest = home && path.join(home, 'package.json');
      if (manifest === null || !existsSync(manifest)) return null;
      return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
    },
    launch: ({ port, upstreamPort }) => ({
      command: [process.execPath, path.join(home ?? '', 'build/start-server.js'), `--port=${port}`, '--headless'],
      env: { NODE_ENV: 'production' },
      terms: {
        headers: ['x-portkey-provider: anthropic', `x-portkey-custom-host: http://127.0.0.1:${upstreamPort}/v1`],
        rewrites: true,
      },
    }),
  };
}
