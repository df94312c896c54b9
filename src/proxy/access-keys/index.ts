export { type AccessKeys, openAccessKeys } from './access-keys.ts';
export { takeKeys } from './presented-keys.ts';
