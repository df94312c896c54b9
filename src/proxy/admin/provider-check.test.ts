import { lookup } from 'node:dns';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeClock } from '../../../test/support/fake-clock.ts';
import { createProviderCheck, type ProviderAddress } from './provider-check.ts';

describe('the provider check', () => {
  let server: Server;
  let connections: number;
  let received: string;

  beforeEach(async () => {
    connections = 0;
    received = '';
    server = createServer((socket) => {
      connections++;
      socket.on('data', (bytes) => (received += bytes.toString('latin1')));
      socket.on('error', () => undefined);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });

  afterEach(async () => {
    if (server.listening) await once(server.close(), 'close');
  });

  function provider(scheme: 'http' | 'https', overrides: Partial<ProviderAddress> = {}): ProviderAddress {
    const { port } = server.address() as AddressInfo;
    return { name: 'ollama', origin: `${scheme}://127.0.0.1:${port}`, lookup, ...overrides };
  }

  it('connects and says nothing', async () => {
    const check = createProviderCheck(fakeClock(), () => [provider('http')]);
    expect(await check()).toEqual({ ollama: { reachable: true, connect_ms: 0, error: null, age_seconds: 0 } });
    expect(received).toBe('');
  });

  it('tells why a provider cannot be reached', async () => {
    const target = provider('http');
    await once(server.close(), 'close');
    const check = createProviderCheck(fakeClock(), () => [target]);
    expect(await check()).toMatchObject({ ollama: { reachable: false, connect_ms: null, error: 'ECONNREFUSED' } });
  });

  it('asks the lookup that it is given, which may refuse the address', async () => {
    const refusing: ProviderAddress['lookup'] = (_name, _options, callback) =>
      callback(Object.assign(new Error('turned inward'), { code: 'EADDRNOTALLOWED' }), '', 0);
    const check = createProviderCheck(fakeClock(), () => [
      provider('http', { origin: 'http://provider.test', lookup: refusing }),
    ]);
    expect(await check()).toMatchObject({ ollama: { reachable: false, error: 'EADDRNOTALLOWED' } });
  });

  it('gives up a TLS connection that is not made within two seconds', async () => {
    const clock = fakeClock();
    const check = createProviderCheck(clock, () => [provider('https')]);
    const asked = check();
    await once(server, 'connection');
    clock.advance(1999);
    clock.advance(1);
    expect(await asked).toMatchObject({ ollama: { reachable: false, error: 'no connection within 2 s' } });
  });

  it('shares one look among all who ask, and looks again after 30 seconds', async () => {
    const clock = fakeClock();
    const check = createProviderCheck(clock, () => [provider('http')]);
    await Promise.all([check(), check(), check()]);
    clock.advance(29_000);
    expect(await check()).toMatchObject({ ollama: { reachable: true, age_seconds: 29 } });
    expect(connections).toBe(1);
    clock.advance(1000);
    expect(await check()).toMatchObject({ ollama: { age_seconds: 0 } });
    expect(connections).toBe(2);
  });
});
