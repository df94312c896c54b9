export { createConnections, guardedLookup, watchSockets, type Connections } from './connections.ts';
export { createDeadlines, type Deadlines } from './deadlines.ts';
export { upstream, type UpstreamParts } from './stage.ts';
