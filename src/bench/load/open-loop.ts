import { setTimeout } from 'node:timers/promises';
import { summarise } from '../statistics.ts';
import { mixedRequests, plainRequest, type AskedRequest } from './asked-requests.ts';
import { openConnection, type Connection } from './connection.ts';
import type { OpenLoopJob, OpenLoopResult } from './jobs.ts';
import { overheadOf } from './server-timing.ts';

interface Due {
  readonly request: AskedRequest;
  /** On the clock of `performance.now`. */
  readonly at: number;
}

/**
 * A request that is due while all connections are busy waits for the next free one; its wait is part of its latency,
 * since that counts from the time at which it was due.
 */
export async function runOpenLoop(job: OpenLoopJob): Promise<OpenLoopResult> {
  const requests = job.mixed === true ? mixedRequests(job.port) : [plainRequest(job.port)];
  const latencies: number[] = [];
  const lateness: number[] = [];
  const overheads: number[] = [];
  const connections = await Promise.all(Array.from({ length: job.connections }, () => openConnection(job.port)));
  const idle: Connection[] = [...connections];
  const waiting: Due[] = [];
  const started = performance.now();
  let ended = 0;

  await new Promise<void>((resolve, reject) => {
    const send = (connection: Connection, { request, at }: Due): void => {
      let isTimed = false;
      const time = (): void => {
        if (!isTimed) latencies.push(performance.now() - at);
        isTimed = true;
      };
      connection.send(request.bytes, {
        head(head) {
          const overhead = overheadOf(head);
          if (overhead !== null) overheads.push(overhead);
        },
        body() {
          if (request.streamed) time();
        },
        end(status, bodyBytes) {
          request.check(status, bodyBytes);
          time();
          ended += 1;
          if (ended === job.requests) return resolve();
          const next = waiting.shift();
          if (next === undefined) idle.push(connection);
          else send(connection, next);
        },
        failed: reject,
      });
    };

    const offer = (due: Due): void => {
      lateness.push(performance.now() - due.at);
      const connection = idle.pop();
      if (connection) send(connection, due);
      else waiting.push(due);
    };

    const followSchedule = async (): Promise<void> => {
      for (let n = 0; n < job.requests; n += 1) {
        const at = started + (n * 1000) / job.perSecond;
        const waitMs = at - performance.now();
        if (waitMs > 0) await setTimeout(waitMs);
        offer({ request: requests[n % requests.length] as AskedRequest, at });
      }
    };
    followSchedule().catch(reject);
  });

  for (const connection of connections) connection.close();
  return {
    sentToEach: job.requests,
    latency: summarise(latencies),
    overhead: summarise(overheads),
    lateness: summarise(lateness),
  };
}
