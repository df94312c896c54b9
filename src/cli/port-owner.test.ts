import { readFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { portOwner } from './port-owner.ts';

describe.runIf(process.platform === 'linux')('who listens on a port', () => {
  it.each(['127.0.0.1', '::1'])('is told for %s', async (host) => {
    const server = net.createServer().listen(0, host);
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const name = readFileSync('/proc/self/comm', 'utf8').trim();
    expect(portOwner(port)).toEqual({ pid: process.pid, name });
    await new Promise((resolve) => server.close(resolve));
    expect(portOwner(port)).toBeNull();
  });
});
