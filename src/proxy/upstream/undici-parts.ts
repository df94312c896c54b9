/**
 * The three of undici's dispatchers that the proxy uses, without its index: that would load fetch, WebSockets, mocks and
 * caches too, which take 3 MB that every collection has to walk, and 35 ms of each start (docs/decisions/0008).
 */
import connect from 'undici/lib/api/api-connect.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';

export { default as Client } from 'undici/lib/dispatcher/client.js';
export { default as Pool } from 'undici/lib/dispatcher/pool.js';
export { default as ProxyAgent } from 'undici/lib/dispatcher/proxy-agent.js';

// As the index does for all of undici's ways to ask: `ProxyAgent` opens its tunnels with it.
Dispatcher.prototype.connect = connect;
