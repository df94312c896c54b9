export { isForbiddenAddress } from './addresses.ts';
export { baseUrlProblem, parseBaseUrl } from './base-url.ts';
export { builtInProviders, loopbackName } from './built-in.ts';
export { isProviderName } from './provider-name.ts';
export { providerRouter, type ProviderRouterParts } from './stage.ts';
