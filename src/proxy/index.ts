export type { Proxy, ProxyHost } from './proxy.ts';
export { createProxy } from './proxy.ts';
export { productName } from './product-name.ts';
export type { ProxyConfig } from './config/config.ts';
