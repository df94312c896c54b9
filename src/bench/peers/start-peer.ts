import type { ClientTerms } from '../load/client-terms.ts';
import { createPeerConnection } from '../load/peer-connection.ts';
import { httpRequest, messagesBody } from '../messages.ts';
import type { Children } from '../processes/children.ts';
import { freePort, untilListening } from '../processes/port.ts';
import { processTree } from '../processes/tree.ts';
import type { Peer } from './peer.ts';

/** Whom the load is sent to. */
export interface PeerTarget {
  readonly name: string;
  readonly version: string | null;
  readonly port: number;
  readonly terms: ClientTerms;
  /** Its processes, which can become more. */
  readonly pids: () => readonly number[];
}

export interface StartContext {
  readonly children: Children;
  readonly core: number | null;
  readonly upstreamPort: number;
}

/** Gateways in Python take their time. */
const startLimitMs = 90_000;
const askLimitMs = 10_000;

function onCore(core: number | null, command: readonly string[]): readonly string[] {
  return core === null ? command : ['taskset', '--cpu-list', String(core), ...command];
}

/** One request, so that no load is put on what does not lead to the mock. */
function askOnce(port: number, terms: ClientTerms): Promise<void> {
  return new Promise((resolve, reject) => {
    const connection = createPeerConnection(port);
    const late = setTimeout(() => reject(new Error(`no answer within ${askLimitMs / 1000} s`)), askLimitMs);
    const over = (run: () => void): void => {
      clearTimeout(late);
      connection.close();
      run();
    };
    connection.send(httpRequest(messagesBody(1024, 'plain'), port, undefined, terms.headers), {
      end: (status) => over(() => (status === 200 ? resolve() : reject(new Error(`it answers with status ${status}`)))),
      failed: (error) => over(() => reject(error)),
    });
  });
}

/** Starts a peer and waits until it has answered. @throws where it does not */
export async function startPeer(peer: Peer, version: string, context: StartContext): Promise<PeerTarget> {
  const { children, core, upstreamPort } = context;
  const port = await freePort();
  const scratch = children.scratchDirectory();
  const { command, env, terms } = peer.launch({ upstreamPort, port, scratch });
  const { child, output, messages } = children.piped(onCore(core, command), env);
  output.resume();
  try {
    await untilListening(port, child, startLimitMs);
    await askOnce(port, terms);
  } catch (cause) {
    child.kill('SIGKILL');
    const said = messages().trim().split('\n').at(-1) ?? '';
    throw new Error(`${(cause as Error).message}${said === '' ? '' : ` (${said})`}`, { cause });
  }
  const pid = child.pid as number;
  return { name: peer.name, version, port, terms, pids: () => processTree(pid) };
}
