import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import { portOwner } from '../../port-owner.ts';
import type { Check, DoctorContext } from '../check.ts';
import { fail, ok, skip, warn } from '../finding.ts';

const connectMs = 1000;

/** Whether `localhost` leads to the proxy, and not to the same port of `::1`, which is another address. */
export const loopbackIpv6: Check = {
  id: 'loopback.ipv6',
  group: 'network',
  run: async (context) => {
    const { port, proxy } = context;
    if (port === 0) return skip('the port is not known yet');
    const ours = await listensOnIpv6(context);
    if (!ours && (await takesConnections(port))) {
      const owner = portOwner(port, ['tcp6']);
      const holder = owner === null ? 'another program' : `${owner.name} (pid ${owner.pid})`;
      // Without a proxy, one program may hold the port of both addresses: that is for `port.free` to tell.
      return fail(
        `[::1]:${port} is held by ${holder}`,
        `A client that is told http://localhost:${port} may send its requests, and its key, there instead of to the proxy.`,
        [
          proxy === null ? `lsof -i :${port}` : 'eval "$(tokenpak env)"',
          ...(proxy === null ? [] : [`lsof -i :${port}`]),
        ],
      );
    }
    const addresses = (await lookup('localhost', { all: true })).map(({ address }) => address);
    if (addresses.some((address) => address.startsWith('127.')) || ours) return ok('localhost leads here');
    return warn(
      `localhost is ${addresses.join(', ') || 'no address'} only`,
      `The proxy listens on 127.0.0.1: a client that is told http://localhost:${port} does not find it.`,
      ['eval "$(tokenpak env)"'],
    );
  },
};

async function listensOnIpv6({ proxy, config }: DoctorContext): Promise<boolean> {
  const host = proxy?.file.host ?? (await config()).loaded?.config.listen.host;
  const addresses = proxy?.identity.addresses ?? [];
  return [host, ...addresses].some((address) => address === '::1' || address === '::');
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '::1', port });
    const settle = (taken: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(taken);
    };
    const timer = setTimeout(settle, connectMs, false);
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
