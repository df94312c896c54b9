// What all scripts of this folder send: a short question to a tokenpak on this machine, with the access key in the path.
//
// A script sends thousands of requests: give tokenpak a provider that costs nothing before you run one.
//
//   tokenpak loopback --port 9001
//   tokenpak start --upstream anthropic=http://127.0.0.1:9001
//   k6 run -e ACCESS_KEY="$(tokenpak keys create load)" performance.js
//
// BASE_URL is where tokenpak listens. Without ACCESS_KEY the path has none, which serves where no key is required.
import http from 'k6/http';

const baseUrl = __ENV.BASE_URL || 'http://127.0.0.1:8766';
const keyPath = __ENV.ACCESS_KEY ? `/ak/${__ENV.ACCESS_KEY}` : '';

const body = JSON.stringify({
  model: 'claude-sonnet-4-20250514',
  max_tokens: 10,
  messages: [{ role: 'user', content: 'Is anybody there?' }],
});

// The name keeps the key out of k6's metrics and summaries.
const params = { headers: { 'Content-Type': 'application/json' }, tags: { name: 'POST /v1/messages' } };

/** Sends one request and gives k6's response. */
export function ask() {
  return http.post(`${baseUrl}${keyPath}/v1/messages`, body, params);
}

/** What the summary says of each duration. */
export const summaryTrendStats = ['min', 'med', 'p(90)', 'p(95)', 'p(99)', 'p(99.9)', 'max'];
