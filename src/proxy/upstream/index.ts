export { createConnections, guardedLookup, watchSockets } from './connections.ts';
export { createDeadlines } from './deadlines.ts';
export { createRetryBudgets, type RetryBudgetLevel } from './retry-budget.ts';
export { upstream, type UpstreamParts } from './stage.ts';
