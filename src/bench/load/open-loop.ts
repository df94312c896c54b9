import { httpRequest, messagesBody } from '../messages.ts';
import { summarise } from '../statistics.ts';
import { openConnection, type Connection } from './connection.ts';
import { expectReply } from './expected-reply.ts';
import type { OpenLoopJob, OpenLoopResult } from './jobs.ts';
import { followSchedule } from './schedule.ts';

/**
 * 1 KB each way. A request that is due while all connections are busy waits for the next free one; its wait is part of
 * its latency, since that counts from the time at which it was due.
 */
export async function runOpenLoop(job: OpenLoopJob): Promise<OpenLoopResult> {
  const request = httpRequest(messagesBody(1024, 'plain'), job.port);
  const check = expectReply('plain');
  const latencies: number[] = [];
  let lateness: readonly number[] = [];
  const connections = await Promise.all(Array.from({ length: job.connections }, () => openConnection(job.port)));
  const idle: Connection[] = [...connections];
  const waiting: number[] = [];

  await new Promise<void>((resolve, reject) => {
    const send = (connection: Connection, due: number): void =>
      connection.send(request, {
        end(status, bodyBytes) {
          check(status, bodyBytes);
          latencies.push(performance.now() - due);
          if (latencies.length === job.requests) return resolve();
          const next = waiting.shift();
          if (next === undefined) idle.push(connection);
          else send(connection, next);
        },
        failed: reject,
      });

    const offer = (_: number, due: number): void => {
      const connection = idle.pop();
      if (connection) send(connection, due);
      else waiting.push(due);
    };

    followSchedule(job, offer).then((late) => (lateness = late), reject);
  });

  for (const connection of connections) connection.close();
  return { sentToEach: job.requests, latency: summarise(latencies), lateness: summarise(lateness) };
}
