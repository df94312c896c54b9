import { httpRequest, messagesBody } from '../messages.ts';
import { summarise } from '../statistics.ts';
import { connectUnder, expectUnder, headersUnder } from './client-terms.ts';
import type { Connection } from './connection.ts';
import type { ClosedLoopJob, ClosedLoopResult } from './jobs.ts';

/** 1 KB each way on every connection. Fails at the first reply that is not the mock's. */
export async function runClosedLoop(job: ClosedLoopJob): Promise<ClosedLoopResult> {
  const requestOf = requestsOf(job);
  const check = expectUnder(job.terms, 'plain');
  const latencies: number[] = [];
  const connections = await Promise.all(
    Array.from({ length: job.connections }, () => connectUnder(job.terms, job.port)),
  );
  const started = performance.now();
  const goesOn = (sent: number, now: number): boolean =>
    'ms' in job.until ? now < started + job.until.ms : sent < job.until.requests;
  let sent = 0;

  const drive = (connection: Connection): Promise<void> =>
    new Promise((resolve, reject) => {
      let sentAt = 0;
      const next = (now: number): void => {
        if (!goesOn(sent, now)) return resolve();
        sentAt = now;
        connection.send(requestOf(sent++), listener);
      };
      const listener = {
        end(status: number, bodyBytes: number) {
          check(status, bodyBytes);
          const now = performance.now();
          latencies.push(now - sentAt);
          next(now);
        },
        failed: reject,
      };
      next(started);
    });

  try {
    await Promise.all(connections.map(drive));
  } finally {
    for (const connection of connections) connection.close();
  }
  const elapsedMs = performance.now() - started;
  return { sentToEach: sent, elapsedMs, latency: summarise(latencies) };
}

/** The bytes of the nth request. */
function requestsOf({ port, apiKey, models, terms }: ClosedLoopJob): (n: number) => Buffer {
  const body = messagesBody(1024, 'plain');
  if (models === undefined) {
    const request = httpRequest(body, port, apiKey, headersUnder(terms));
    return () => request;
  }
  const text = body.toString();
  return (n) => httpRequest(Buffer.from(text.replace(/"model":"[^"]*/, `$&-${n % models}`)), port, apiKey);
}
