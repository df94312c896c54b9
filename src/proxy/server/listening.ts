import type { Listener } from './server.ts';

/** Where the proxy listens, and what its user should know of it. */
export interface Bound {
  readonly port: number;
  readonly v4: string | null;
  readonly v6: string | null;
  readonly notices: readonly string[];
}

/**
 * Binds a host. The default is both loopback addresses, since a client that resolves `localhost` may try either: where
 * somebody else holds ::1 they would get its keys, so that is said aloud.
 * @throws Node's error when the host itself cannot be bound
 */
export async function bind(listener: Listener, host: string, port: number): Promise<Bound> {
  const isV6 = host.includes(':');
  const bound = await listener.listen(host, port);
  if (host !== '127.0.0.1') {
    return { port: bound, v4: isV6 ? null : host, v6: isV6 ? host : null, notices: [] };
  }
  try {
    await listener.listen('::1', bound);
    return { port: bound, v4: host, v6: '::1', notices: [] };
  } catch (error) {
    return { port: bound, v4: host, v6: null, notices: noticesOf(error, bound) };
  }
}

function noticesOf(error: unknown, port: number): string[] {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code !== 'EADDRINUSE') return [];
  return [
    `WARNING: another program listens on [::1]:${port}. A client that asks for "localhost" may reach it and give it your ` +
      `keys. Use 127.0.0.1, as tokenpak env prints it.`,
  ];
}
