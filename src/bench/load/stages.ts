import { setTimeout } from 'node:timers/promises';
import { summarise } from '../statistics.ts';
import { openConnection, type Connection } from './connection.ts';
import type { Stage, StagesJob, StagesResult } from './jobs.ts';

/** How often the number of users is brought to what the stages say. */
const rampMs = 20;
/** A connection that brought another answer than these may be closed behind it. */
const keepsConnection = new Set([200, 429]);

/** How many users there are at a time: along a straight line within each stage, from one user at the start; 0 after the last. */
export function usersAt(stages: readonly Stage[], ms: number): number {
  let from = 1;
  let since = 0;
  for (const { ms: length, users } of stages) {
    if (ms < since + length) return Math.round(from + ((users - from) * (ms - since)) / length);
    from = users;
    since += length;
  }
  return 0;
}

/** What a client sends that has nothing but a base URL with its key. */
function requestOf({ port, path, body, apiKey }: StagesJob): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'User-Agent: bench/1.0',
    'Content-Type: application/json',
    ...(apiKey === undefined ? [] : [`Authorization: Bearer ${apiKey}`]),
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function ask(connection: Connection, request: Buffer): Promise<number> {
  return new Promise((resolve, reject) => connection.send(request, { end: resolve, failed: reject }));
}

/** Users that each send a request, read its answer, think, and send the next. Counts all answers, whatever their status is. */
export async function runStages(job: StagesJob): Promise<StagesResult> {
  const request = requestOf(job);
  const latencies: number[] = [];
  const statuses = new Map<number, number>();
  const started = performance.now();
  const length = job.stages.reduce((sum, { ms }) => sum + ms, 0);
  const elapsed = (): number => performance.now() - started;

  const use = async (user: number): Promise<void> => {
    let connection: Connection | null = null;
    while (user < usersAt(job.stages, elapsed())) {
      connection ??= await openConnection(job.port);
      const sentAt = performance.now();
      const status = await ask(connection, request);
      latencies.push(performance.now() - sentAt);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (!keepsConnection.has(status)) {
        connection.close();
        connection = null;
      }
      if (job.thinkMs > 0) await setTimeout(job.thinkMs);
    }
    connection?.close();
  };

  const users = new Map<number, Promise<unknown>>();
  const faults: unknown[] = [];
  let maxUsers = 0;
  while (elapsed() < length && faults.length === 0) {
    for (let user = 0; user < usersAt(job.stages, elapsed()); user += 1) {
      if (users.has(user)) continue;
      const used = use(user).catch((fault: unknown) => faults.push(fault));
      users.set(
        user,
        used.finally(() => users.delete(user)),
      );
    }
    maxUsers = Math.max(maxUsers, users.size);
    await setTimeout(rampMs);
  }
  await Promise.all(users.values());
  if (faults.length > 0) throw faults[0];
  const slow = latencies.filter((ms) => ms >= job.slowMs).length;
  const summary = { sentToEach: latencies.length, elapsedMs: elapsed(), latency: summarise(latencies) };
  return { ...summary, statuses, slow, maxUsers };
}
