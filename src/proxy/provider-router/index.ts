export { isForbiddenAddress } from './addresses.ts';
export { parseBaseUrl } from './base-url.ts';
export { loopbackName } from './built-in.ts';
export { providerRouter, routerMemory, type ProviderRouterParts, type RouterMemory } from './stage.ts';
