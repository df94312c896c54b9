export { createLimits, type Limits } from './limits.ts';
export { rateLimiter } from './stage.ts';
