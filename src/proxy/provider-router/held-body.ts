import type { ProxyError } from '../errors.ts';
import type { BodyReceiver, ReplyBody } from '../reply.ts';

/** More than this is not waited for. */
const maxHeldBytes = 256 * 1024;

/**
 * Takes the beginning of a body before anybody else does, so that another provider can still be asked, and gives it on
 * later, as it came. It holds no more than 256 KiB; the source is paused once there is enough.
 */
export class HeldBody implements ReplyBody {
  readonly #source: ReplyBody;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #receiver: BodyReceiver | null = null;
  #isWaiting = true;
  #ended = false;
  #isPaused = false;
  #failure: ProxyError | null = null;
  #begun: (() => void) | null = null;

  constructor(source: ReplyBody) {
    this.#source = source;
  }

  /**
   * Waits until `isEnough` says so of what has come, or the body is over, or too large to wait for.
   * @param isEnough is shown each chunk once
   */
  begin(isEnough: (chunk: Buffer) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#begun = resolve;
      this.#source.start({
        bytes: (chunk) => this.#take(chunk, isEnough),
        end: () => this.#end(null),
        fail: (error) => this.#end(error),
      });
    });
  }

  /** How it failed before it was given on; null where it did not. */
  get failure(): ProxyError | null {
    return this.#failure;
  }

  get isComplete(): boolean {
    return this.#ended && this.#failure === null;
  }

  /** What has come so far. */
  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  #take(chunk: Buffer, isEnough: (chunk: Buffer) => boolean): void {
    if (this.#receiver) return this.#receiver.bytes(chunk);
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (!this.#isWaiting || (!isEnough(chunk) && this.#bytes <= maxHeldBytes)) return;
    this.#source.pause();
    this.#ready();
  }

  #end(failure: ProxyError | null): void {
    this.#ended = true;
    this.#failure = failure;
    if (!this.#receiver) return this.#ready();
    if (failure) this.#receiver.fail(failure);
    else this.#receiver.end();
  }

  #ready(): void {
    this.#isWaiting = false;
    this.#begun?.();
    this.#begun = null;
  }

  start(receiver: BodyReceiver): void {
    this.#receiver = receiver;
    for (const chunk of this.#chunks) receiver.bytes(chunk);
    this.#chunks = [];
    if (this.#failure) receiver.fail(this.#failure);
    else if (this.#ended) receiver.end();
    else if (!this.#isPaused) this.#source.resume();
  }

  pause(): void {
    this.#isPaused = true;
    if (!this.#ended) this.#source.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (!this.#ended) this.#source.resume();
  }

  cancel(): void {
    if (!this.#ended) this.#source.cancel();
  }
}
