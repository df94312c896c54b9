import { messagesBody } from '../messages.ts';
import type { AutocannonJob, AutocannonResult } from './jobs.ts';

/** Sends exactly so many requests: autocannon's time limit would cut the last ones off, and they could not be accounted for. */
export async function runAutocannon(job: AutocannonJob): Promise<AutocannonResult> {
  const { default: autocannon } = await import('autocannon');
  const started = performance.now();
  const result = await autocannon({
    url: `http://127.0.0.1:${job.port}/v1/messages`,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'bench-key-that-is-no-secret' },
    body: messagesBody(1024, 'plain'),
    connections: job.connections,
    amount: job.requests,
  });
  const elapsedMs = performance.now() - started;
  if (result['2xx'] !== job.requests) {
    throw new Error(`autocannon got ${result['2xx']} good replies to ${job.requests} requests`);
  }
  return { sentToEach: job.requests, elapsedMs };
}
