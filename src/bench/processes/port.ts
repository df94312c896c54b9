import type { ChildProcess } from 'node:child_process';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** A port of 127.0.0.1 that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (yes: boolean) => () => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', answer(true)).once('error', answer(false));
  });
}

const usualLimitMs = 15_000;

/** Tries each few milliseconds until somebody listens on the port. Fails if the process that should ends, or takes too long. */
export async function untilListening(port: number, child: ChildProcess, limitMs = usualLimitMs): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`it did not start: exit code ${child.exitCode}`);
    if (performance.now() > deadline) throw new Error(`it did not bind its port within ${limitMs} ms`);
    await setTimeout(3);
  }
}
