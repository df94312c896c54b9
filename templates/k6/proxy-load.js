// 100 users for two minutes who never think: each sends its next request when the last is answered.
//
// With a provider that answers at once this measures how long 100 connections wait for each other, 100 / capacity at the
// least, and not what a request costs: `tokenpak bench --profile s1` shows both. See ask.js for how to run it.
import { check } from 'k6';
import { ask, summaryTrendStats } from './ask.js';

export const options = {
  vus: 100,
  duration: '2m',
  thresholds: { http_req_duration: ['p(99)<20'], http_req_failed: ['rate<0.001'] },
  summaryTrendStats,
};

export default function () {
  check(ask(), { 'status is 200': ({ status }) => status === 200 });
}
