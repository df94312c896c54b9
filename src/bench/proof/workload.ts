import { messagesBody, sdkHeaders, type ReplyKind } from '../messages.ts';
import { wholeReply } from '../replies.ts';
import { createReplyReader } from '../load/reply-reader.ts';
import type { ToOneTarget } from './proof-jobs.ts';
import type { WorkloadName } from './proof-report.ts';

/** What is wrong with an answer; null: nothing. */
export type Fault = 'wrong' | 'invalid json' | null;

/** Looks at one answer as it comes. */
export interface Examiner {
  /** Some bytes of the body, overwritten after the call. */
  readonly body: (bytes: Buffer) => void;
  readonly end: (status: number) => Fault;
}

/** What a workload sends, and how its answers are told from wrong ones. */
export interface Workload {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly isStream: boolean;
  readonly examine: () => Examiner;
}

const kilobyte = 1024;
/** Of one stream, 50 ms apart. */
const eventsOfStream = 5;

interface Asked {
  readonly bodyBytes: number;
  readonly reply: ReplyKind;
}

/** Requests to a provider, as coding agents make them. */
const asked: Readonly<Partial<Record<WorkloadName, Asked>>> = {
  passthrough: { bodyBytes: kilobyte, reply: 'plain' },
  stream: { bodyBytes: kilobyte, reply: { pacedEvents: eventsOfStream } },
  'large-20k': { bodyBytes: 20 * kilobyte, reply: 'plain' },
  'large-200k': { bodyBytes: 200 * kilobyte, reply: 'plain' },
  'large-1m': { bodyBytes: 1024 * kilobyte, reply: 'plain' },
  error: { bodyBytes: kilobyte, reply: 'refused' },
};

/** The status and the body of what the mock answers. */
function mockReply(reply: ReplyKind): { readonly status: number; readonly body: Buffer } {
  const parts: Buffer[] = [];
  let replied = 0;
  createReplyReader({
    body: (bytes) => void parts.push(Buffer.from(bytes)),
    end: (status) => void (replied = status),
  })(wholeReply(reply));
  return { status: replied, body: Buffer.concat(parts) };
}

/** An answer is right if it is the mock's to the last byte. */
function exactly(status: number, body: Buffer): () => Examiner {
  return () => {
    let at = 0;
    let isSame = true;
    return {
      body(bytes) {
        isSame &&= body.subarray(at, at + bytes.length).equals(bytes);
        at += bytes.length;
      },
      end: (got) => (got === status && isSame && at === body.length ? null : 'wrong'),
    };
  };
}

/** An answer of the proxy's own is right if it says 200 and is JSON. */
function anyJson(): Examiner {
  const parts: Buffer[] = [];
  return {
    body: (bytes) => void parts.push(Buffer.from(bytes)),
    end(status) {
      if (status !== 200) return 'wrong';
      try {
        JSON.parse(Buffer.concat(parts).toString());
        return null;
      } catch {
        return 'invalid json';
      }
    },
  };
}

/** An answer of a provider that is not the mock is right if it says 200 and has a body. */
function anyAnswer(): Examiner {
  let length = 0;
  return {
    body: (bytes) => void (length += bytes.length),
    end: (status) => (status === 200 && length > 0 ? null : 'wrong'),
  };
}

/** @throws where the workload does not exist yet */
export function workloadOf({ workload, prefix, apiKey, provider = 'mock' }: ToOneTarget): Workload {
  if (workload === 'health' || workload === 'stats') {
    const headers = [['Accept', 'application/json']] as const;
    const path = `/${workload}`;
    return { method: 'GET', path, headers, body: Buffer.alloc(0), isStream: false, examine: anyJson };
  }
  const request = asked[workload];
  if (request === undefined) throw new Error(`the workload ${workload} is not available`);
  const { status, body } = mockReply(request.reply);
  return {
    method: 'POST',
    path: `${prefix}/v1/messages`,
    headers: sdkHeaders(apiKey ?? undefined),
    body: messagesBody(request.bodyBytes, request.reply),
    isStream: typeof request.reply === 'object',
    examine: provider === 'mock' ? exactly(status, body) : anyAnswer,
  };
}

/** The whole HTTP/1.1 request. */
export function requestBytes({ method, path, headers, body }: Workload, port: number): Buffer {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(method === 'POST' ? [`Content-Length: ${body.length}`] : []),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]);
}
