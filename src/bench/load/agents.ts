import { summarise } from '../statistics.ts';
import { agentRequests, type AgentRequest } from './agent-requests.ts';
import { openConnection, type Connection } from './connection.ts';
import type { AgentsJob, AgentsResult } from './jobs.ts';
import { followSchedule } from './schedule.ts';
import { overheadOf } from './server-timing.ts';

interface Answer {
  /** On the clock of `performance.now`: the first byte of a stream's body, else the end. */
  readonly at: number;
  /** NaN where the answer does not say. */
  readonly overheadMs: number;
}

function ask(connection: Connection, { bytes, streamed, check }: AgentRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let overheadMs = NaN;
    let firstByteAt = NaN;
    connection.send(bytes, {
      head: (head) => (overheadMs = overheadOf(head) ?? NaN),
      body: () => (firstByteAt = firstByteAt || performance.now()),
      end(status, bodyBytes) {
        check(status, bodyBytes);
        resolve({ at: streamed ? firstByteAt : performance.now(), overheadMs });
      },
      failed: reject,
    });
  });
}

/**
 * Sends at its times, whatever came of earlier requests: over the connection that has rested longest, or a new one where
 * all are busy. A proxy closes those that have not asked for anything some seconds after they were opened.
 */
export async function runAgents(job: AgentsJob): Promise<AgentsResult> {
  const requests = agentRequests(job.port);
  const open = (): Promise<Connection> => openConnection(job.port);
  const idle = await Promise.all(Array.from({ length: job.connections }, open));
  const latencies: number[] = [];
  const overheads: number[] = [];
  const answers: Promise<void>[] = [];

  const askOne = async (request: AgentRequest, dueAt: number): Promise<void> => {
    const connection = idle.shift() ?? (await open());
    const { at, overheadMs } = await ask(connection, request);
    latencies.push(at - dueAt);
    overheads.push(overheadMs);
    idle.push(connection);
  };
  let fault: unknown = null;
  const lateness = await followSchedule(job, (n, dueAt) => {
    if (fault !== null) throw fault as Error;
    const answer = askOne(requests[n % requests.length] as AgentRequest, dueAt);
    answer.catch((error: unknown) => (fault ??= error));
    answers.push(answer);
  });
  await Promise.all(answers);

  for (const connection of idle) connection.close();
  const [latency, overhead] = [summarise(latencies), summarise(overheads)];
  return { sentToEach: job.requests, latency, overhead, lateness: summarise(lateness) };
}
