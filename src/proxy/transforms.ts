/**
 * Changes the bytes of a streamed reply on their way to the client. The relay runs it; it may throw a `ProxyError` to
 * fail the reply.
 */
export interface Transform {
  /** Takes the next bytes and gives those that may go on now, or null to hold all of them back. */
  readonly push: (chunk: Buffer) => Buffer | null;
  /** Gives what was held back, when the reply has ended. */
  readonly flush: () => Buffer | null;
}
