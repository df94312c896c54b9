// To 10 users, to 100 and back to 10, in ten seconds each. See ask.js for how to run it.
import { summaryTrendStats } from './ask.js';
import { thresholds, useOnce } from './users.js';

export const options = {
  stages: [
    { duration: '10s', target: 10 },
    { duration: '10s', target: 100 },
    { duration: '10s', target: 10 },
  ],
  thresholds,
  summaryTrendStats,
};

export default useOnce;
