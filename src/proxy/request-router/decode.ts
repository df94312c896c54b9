import { ProxyError } from '../errors.ts';
import { decodeWhole, type Coding } from '../content-coding.ts';

/**
 * Undoes a request's coding, for reading only.
 * @throws ProxyError `too_large` for what would become too large, `invalid_request` for what cannot be decoded.
 */
export async function decodeBody(bytes: Buffer, coding: Coding): Promise<Buffer> {
  try {
    return await decodeWhole(bytes, coding);
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new ProxyError('too_large', `the body is too large once its ${coding} coding is undone`, { cause });
    }
    throw new ProxyError('invalid_request', `the body is not valid ${coding}`, { cause });
  }
}
