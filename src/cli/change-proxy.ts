import { askControl } from '../proxy/control/index.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import type { ControlledProxy } from './open-screen.ts';

/**
 * Changes something in a running proxy, over its control socket.
 *
 * @throws CommandError when the proxy refuses it, with what it says, or does not answer.
 */
export async function changeProxy(
  { controlSocket, file }: ControlledProxy,
  request: Parameters<typeof askControl>[1],
  body: object,
): Promise<void> {
  const answer = await askControl(controlSocket, request, body);
  if (answer === null) throw new CommandError(exitCodes.failed, `the proxy on port ${file.port} does not answer`);
  if (answer.status === 200) return;
  const { error } = answer.body as { readonly error?: unknown };
  throw new CommandError(exitCodes.failed, typeof error === 'string' ? error : `the proxy answers ${answer.status}`);
}
