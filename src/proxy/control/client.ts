import http from 'node:http';

export interface ControlAnswer {
  readonly status: number;
  readonly body: unknown;
}

type ControlRequest =
  'GET /identity' | 'POST /stop' | 'POST /reload' | 'POST /breaker' | 'POST /registry' | 'POST /budget';

const timeoutMs = 2000;
const maxAnswerBytes = 256 * 1024;

/** Asks a running proxy over its control socket. Null when nobody answers there, or nobody who speaks like one. */
export function askControl(socket: string, request: ControlRequest, body?: object): Promise<ControlAnswer | null> {
  const [method, path] = request.split(' ');
  return new Promise((resolve) => {
    const outgoing = http.request(
      { socketPath: socket, method, path, agent: false, timeout: timeoutMs },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          if (text.length > maxAnswerBytes) outgoing.destroy();
        });
        response.on('end', () => resolve(parsed(response.statusCode ?? 0, text)));
        response.on('error', () => resolve(null));
        response.on('close', () => resolve(null));
      },
    );
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => resolve(null));
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function parsed(status: number, text: string): ControlAnswer | null {
  try {
    return { status, body: JSON.parse(text) };
  } catch {
    return null;
  }
}
