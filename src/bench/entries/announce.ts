import type { AddressInfo, Server } from 'node:net';

/** Makes this process that server: it sends its port to its parent, and ends with it. */
export function announce(server: Server): void {
  server.listen(0, '127.0.0.1', 4096, () => process.send?.({ port: (server.address() as AddressInfo).port }));
  process.on('disconnect', () => process.exit());
}
