/** One event of a streamed reply. Its data is parsed at most once, however many observers ask. */
export class StreamEvent {
  /** The event's name, or '' where the stream names none. */
  readonly name: string;
  /** The data as sent; several `data:` lines joined by a newline. */
  readonly data: string;
  #json: unknown;
  #parsed = false;

  constructor(name: string, data: string) {
    this.name = name;
    this.data = data;
  }

  /** The data as JSON, or undefined where it is none. */
  json(): unknown {
    if (!this.#parsed) {
      this.#parsed = true;
      try {
        this.#json = JSON.parse(this.data);
      } catch {
        this.#json = undefined;
      }
    }
    return this.#json;
  }
}
