// Users who come and go: to 10 within 30 s, to 50 within a minute, to none within 30 s. See ask.js for how to run it.
import { summaryTrendStats } from './ask.js';
import { thresholds, useOnce } from './users.js';

export const options = {
  stages: [
    { duration: '30s', target: 10 },
    { duration: '1m', target: 50 },
    { duration: '30s', target: 0 },
  ],
  thresholds,
  summaryTrendStats,
};

export default useOnce;
