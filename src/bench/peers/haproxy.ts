import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { versionOf } from './installed.ts';
import { sameBytes, type Peer, type PeerContext } from './peer.ts';

function configuration({ upstreamPort, port }: PeerContext): string {
  return `
global
  maxconn 4096
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 300s
  timeout server 300s
  http-reuse always
frontend clients
  bind 127.0.0.1:${port} backlog 4096
  default_backend mock
backend mock
  server mock 127.0.0.1:${upstreamPort}
`;
}

export const haproxy: Peer = {
  name: 'haproxy',
  hint: 'https://www.haproxy.org',
  version: () => versionOf('haproxy', ['-v']),
  launch(context) {
    const file = path.join(context.scratch, 'haproxy.cfg');
    writeFileSync(file, configuration(context), { mode: 0o600 });
    return { command: ['haproxy', '-db', '-f', file], env: {}, terms: sameBytes };
  },
};
