/** Where an exchange's answer leaves: an HTTP response, or whatever else asks the pipeline. */
export interface Sink {
  /** Sets the head. It leaves with the first bytes, so that until then another answer is possible. */
  readonly head: (status: number, headers: readonly string[]) => void;
  /** Gives bytes; false asks for a pause until `onDrain`. They may wait for what else comes in this tick. */
  readonly write: (bytes: Buffer) => boolean;
  /** What was given leaves now. */
  readonly flush: () => void;
  /** The proper end, with the last bytes. */
  readonly end: (bytes?: Buffer | string) => void;
  /** An end that cannot be taken for a proper one: last words, then the connection is destroyed. */
  readonly cut: (lastWords: string) => void;
  readonly onDrain: (run: () => void) => void;
}
