import { createHash, randomBytes } from 'node:crypto';
import { accessKeyPrefix } from '../access-key.ts';

export const digestBytes = 32;

/** A new key: 256 random bits, so that its digest can be kept without salt or delay. */
export function newKey(): string {
  return accessKeyPrefix + randomBytes(32).toString('base64url');
}

/** The SHA-256 of a key: all that is kept of it. */
export function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
