export type { Proxy } from './proxy.ts';
export { createProxy } from './proxy.ts';
