export { dialectOfPath } from './path-dialect.ts';
export { createRouter, type Routed } from './router.ts';
export { requestRouter } from './stage.ts';
