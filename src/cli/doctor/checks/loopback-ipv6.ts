import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import { portOwner } from '../../port-owner.ts';
import type { Check, DoctorContext, Finding } from '../check.ts';
import { fail, ok, skip, warn } from '../finding.ts';

const connectMs = 1000;

/** Whether `localhost` leads to the proxy, which takes the port of `::1` as well: that is another address. */
export const loopbackIpv6: Check = {
  id: 'loopback.ipv6',
  group: 'network',
  run: async (context) => {
    const { port, proxy } = context;
    if (port === 0) return skip('the port is not known yet');
    const isOurs = await listensOnIpv6(context);
    if (!isOurs && (await takesConnections(port))) return heldFinding(context);
    const addresses = (await lookup('localhost', { all: true })).map(({ address }) => address);
    const isFound = addresses.some((address) => address.startsWith('127.')) || isOurs || proxy === null;
    if (isFound) return ok('localhost leads here');
    return warn(
      `localhost is ${addresses.join(', ') || 'no address'} only`,
      `The proxy listens on ${proxy.file.host}: a client that is told http://localhost:${port} does not find it.`,
      [useNumber],
    );
  },
};

/** Its base URLs have the address in numbers. */
const useNumber = 'eval "$(tokenpak env)"';

function heldFinding({ port, proxy }: DoctorContext): Finding {
  const owner = portOwner(port, ['tcp6']);
  const holder = owner === null ? 'another program' : `${owner.name} (pid ${owner.pid})`;
  return fail(
    `[::1]:${port} is held by ${holder}`,
    `A client that is told http://localhost:${port} may send its requests, and its key, there instead of to the proxy.`,
    [...(proxy === null ? [] : [useNumber]), ...(process.platform === 'win32' ? [] : [`lsof -i :${port}`])],
  );
}

async function listensOnIpv6({ proxy, config }: DoctorContext): Promise<boolean> {
  const host = proxy?.file.host ?? (await config()).loaded?.config.listen.host;
  return [host, ...(proxy?.identity.addresses ?? [])].some((address) => address === '::1' || address === '::');
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
