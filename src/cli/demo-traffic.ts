import http from 'node:http';
import { demoRequests, randomNumbers } from './demo-requests.ts';

export interface DemoTrafficOptions {
  /** Of the proxy, without a path. */
  readonly baseUrl: string;
  readonly seed: number;
  /** On average; they come as unevenly as people do. */
  readonly requestsPerSecond: number;
}

const maxInFlight = 50;

/** Sends the demonstration's requests to a proxy, over HTTP like any client, until the returned function is called. */
export function startDemoTraffic({ baseUrl, seed, requestsPerSecond }: DemoTrafficOptions): () => void {
  const agent = new http.Agent({ keepAlive: true, maxSockets: maxInFlight });
  const requests = demoRequests(seed);
  const random = randomNumbers(seed + 1);
  let inFlight = 0;
  let timer = setTimeout(next, 0);

  return () => {
    clearTimeout(timer);
    agent.destroy();
  };

  function next(): void {
    // A Poisson process: the gaps are exponential.
    timer = setTimeout(next, (-Math.log(1 - random()) * 1000) / requestsPerSecond);
    if (inFlight < maxInFlight) send();
  }

  function send(): void {
    const { path, headers, body } = requests.next().value;
    inFlight++;
    const request = http.request(`${baseUrl}${path}`, { method: 'POST', agent, headers }, (response) => {
      response.on('error', () => undefined).resume();
    });
    // An error is part of the demonstration: the proxy shows it.
    request.on('error', () => undefined);
    request.on('close', () => inFlight--);
    request.end(body);
  }
}
