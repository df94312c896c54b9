// 100 users at once for two minutes. See ask.js for how to run it.
import { summaryTrendStats } from './ask.js';
import { thresholds, useOnce } from './users.js';

export const options = { vus: 100, duration: '2m', thresholds, summaryTrendStats };

export default useOnce;
