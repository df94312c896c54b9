import { httpRequest, messagesBody } from '../messages.ts';
import { summarise } from '../statistics.ts';
import { connectUnder, expectUnder, headersUnder } from './client-terms.ts';
import type { Connection } from './connection.ts';
import type { TurnsJob, TurnsResult } from './jobs.ts';

interface Lane {
  readonly connection: Connection;
  readonly request: Buffer;
  readonly latencies: number[];
  /** Throws unless the reply is the mock's. */
  readonly check: (status: number, bodyBytes: number) => void;
}

/** Sends one request and returns its milliseconds to the first byte of the body, if streamed, else to the reply's end. */
function ask(lane: Lane, streamed: boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const sentAt = performance.now();
    let ms = 0;
    lane.connection.send(lane.request, {
      body() {
        if (streamed && ms === 0) ms = performance.now() - sentAt;
      },
      end(status, bodyBytes) {
        lane.check(status, bodyBytes);
        resolve(streamed ? ms : performance.now() - sentAt);
      },
      failed: reject,
    });
  });
}

export async function runTurns(job: TurnsJob): Promise<TurnsResult> {
  const reply = job.streamed ? 'stream' : 'plain';
  const body = messagesBody(job.bodyBytes, reply);
  const open = async (port: number, index: number): Promise<Lane> => ({
    connection: await connectUnder(job.terms?.[index], port),
    request: httpRequest(body, port, job.apiKeys?.[index], headersUnder(job.terms?.[index])),
    check: expectUnder(job.terms?.[index], reply),
    latencies: [],
  });
  const lanes = await Promise.all(job.ports.map(open));
  for (let turn = 0; turn < job.turns; turn += 1) {
    for (const lane of lanes) {
      for (let n = 0; n < job.requestsPerTurn; n += 1) lane.latencies.push(await ask(lane, job.streamed));
    }
  }
  for (const lane of lanes) lane.connection.close();
  return {
    sentToEach: job.turns * job.requestsPerTurn,
    latencies: lanes.map((lane) => summarise(lane.latencies)),
  };
}
