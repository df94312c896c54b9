import { parentPort } from 'node:worker_threads';
import { startLoopback } from './server.ts';

/** Hosts the loopback provider in a thread: says its URL once, and runs until the thread is ended. */
const { url } = await startLoopback();
parentPort?.postMessage(url);
