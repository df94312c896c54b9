import { setTimeout as sleep } from 'node:timers/promises';
import { askControl } from '../proxy/control/index.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import type { RunningProxy } from './instances.ts';

const pollMs = 50;
// The longest drain that can be configured, and time to write everything down after it.
const maxWaitMs = 3_610_000;

/**
 * Tells a proxy to stop and waits until it is gone, which is when nobody answers on its control socket any more.
 *
 * @param drainMs How long requests in flight may go on; null: as the proxy was configured.
 * @throws CommandError when it does not stop.
 */
export async function stopProxy(proxy: RunningProxy, drainMs: number | null): Promise<void> {
  const asked = await askControl(proxy.controlSocket, 'POST /stop', { drain_ms: drainMs });
  if (asked?.status !== 202) throw stillThere(proxy);
  const deadline = performance.now() + (drainMs === null ? maxWaitMs : drainMs + 10_000);
  while (await askControl(proxy.controlSocket, 'GET /identity')) {
    if (performance.now() > deadline) throw stillThere(proxy);
    await sleep(pollMs);
  }
}

function stillThere({ file }: RunningProxy): CommandError {
  return new CommandError(exitCodes.failed, `the proxy does not stop\n  try    kill -9 ${file.pid}`);
}
