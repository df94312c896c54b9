export { type AccessKeys, createAccessKeys, type KeyTimes } from './access-keys.ts';
export { takeKeys } from './presented-keys.ts';
