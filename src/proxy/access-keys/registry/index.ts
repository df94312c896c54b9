export { budgetsFrom } from './budget-text.ts';
export { createKeys, hasExpired, type NewKeys, revokeKeys, rotateKey } from './changes.ts';
export { type KeyEntry, keyName, maxKeys, type Registry } from './document.ts';
export { limitsFrom } from './limit-text.ts';
export { type LockClock, withLockFile } from './lock-file.ts';
export { nameOf } from './names.ts';
export { RegistryError } from './registry-error.ts';
export { changeRegistry, readRegistry } from './registry-file.ts';
export { registryPath } from '../registry-path.ts';
