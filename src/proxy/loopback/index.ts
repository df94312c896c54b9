export { startLoopback, type Loopback } from './server.ts';
export { loopbackThread, type LoopbackThread } from './thread.ts';
