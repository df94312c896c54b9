import { setTimeout } from 'node:timers/promises';
import { httpRequest, messagesBody } from '../messages.ts';
import { summarise } from '../statistics.ts';
import { connectUnder, expectUnder, headersUnder } from './client-terms.ts';
import type { Connection } from './connection.ts';
import type { StreamsJob, StreamsResult } from './jobs.ts';

/** A gap between two events of one stream that a reader would see as a halt; the mock leaves 50 ms. */
const longGapMs = 100;

/** Opens streams at their times, whether or not earlier ones have answered, and reads them all to their ends. */
export async function runStreams(job: StreamsJob): Promise<StreamsResult> {
  const reply = { pacedEvents: job.eventsPerStream };
  const request = httpRequest(messagesBody(1024, reply), job.port, undefined, headersUnder(job.terms));
  const check = expectUnder(job.terms, reply);
  const gaps: number[] = [];
  const lateness: number[] = [];
  let longGaps = 0;
  let stalled = 0;

  const read = (connection: Connection): Promise<void> =>
    new Promise((resolve, reject) => {
      let before = 0;
      let hasStalled = false;
      const body = (): void => {
        const now = performance.now();
        if (before > 0) {
          gaps.push(now - before);
          if (now - before > longGapMs) {
            longGaps += 1;
            hasStalled = true;
          }
        }
        before = now;
      };
      const end = (status: number, bodyBytes: number): void => {
        check(status, bodyBytes);
        if (hasStalled) stalled += 1;
        resolve();
      };
      connection.send(request, { body, end, failed: reject });
    });

  const connections = await Promise.all(Array.from({ length: job.streams }, () => connectUnder(job.terms, job.port)));
  const started = performance.now();
  const readLater = async (connection: Connection, index: number): Promise<void> => {
    const due = started + (index * job.openingMs) / job.streams;
    await setTimeout(due - performance.now());
    lateness.push(performance.now() - due);
    return read(connection);
  };
  try {
    await Promise.all(connections.map(readLater));
  } finally {
    for (const connection of connections) connection.close();
  }
  return { sentToEach: job.streams, gaps: summarise(gaps), longGaps, stalled, lateness: summarise(lateness) };
}
