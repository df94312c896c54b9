import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { versionOf } from './installed.ts';
import { sameBytes, type Peer, type PeerContext } from './peer.ts';

/** One process, run as the current user, that keeps to its directory. The body is passed on from memory, the answer as it comes. */
function configuration({ scratch, upstreamPort, port }: PeerContext): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
master_process off;
pid ${scratch}/nginx.pid;
error_log stderr warn;
events { worker_connections 4096; }
http {
  access_log off;
${temporary.map((name) => `  ${name}_temp_path ${scratch}/${name};`).join('\n')}
  keepalive_requests 1000000000;
  client_max_body_size 64m;
  client_body_buffer_size 4m;
  upstream mock {
    server 127.0.0.1:${upstreamPort};
    keepalive 1024;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://mock;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_read_timeout 300s;
    }
  }
}
`;
}

export const nginx: Peer = {
  name: 'nginx',
  hint: 'https://nginx.org',
  version: () => versionOf('nginx', ['-v']),
  launch(context) {
    const file = path.join(context.scratch, 'nginx.conf');
    writeFileSync(file, configuration(context), { mode: 0o600 });
    return { command: ['nginx', '-p', context.scratch, '-e', 'stderr', '-c', file], env: {}, terms: sameBytes };
  },
};
