export { askControl } from './client.ts';
export type { Identity } from './identity.ts';
export { ensurePrivateDirectory } from './private-directory.ts';
export { type Control, type ControlHandlers, createControl } from './server.ts';
