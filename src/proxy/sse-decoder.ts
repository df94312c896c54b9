import { StreamEvent } from './stream-events.ts';

/** Turns bytes into events, however they are cut. It never throws: what it cannot read it leaves out. */
export interface EventDecoder {
  readonly push: (chunk: Buffer) => void;
  /** Bytes of an unfinished event are pending. */
  readonly midEvent: () => boolean;
  /** An event was too large to decode, or was no event at all: nothing can be said of this stream's end. */
  readonly lost: () => Lost;
}

type Lost = 'nothing' | 'too large' | 'not events';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;

/**
 * Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream): lines end
 * in LF, CR or CRLF, a byte order mark is skipped, comments are ignored, several `data` lines are joined, and an event
 * without its closing blank line is none. An event of more than `maxEventBytes` ends the decoding.
 */
export function sseDecoder(give: (event: StreamEvent) => void, maxEventBytes = 1024 * 1024): EventDecoder {
  const lines = new LineSplitter(maxEventBytes);
  const events = new EventBuilder(give, maxEventBytes);
  return {
    push(chunk) {
      if (lines.tooLarge || events.tooLarge) return;
      for (const line of lines.take(chunk)) events.line(line);
    },
    midEvent: () => lines.isPending || events.isPending,
    lost() {
      if (lines.tooLarge || events.tooLarge) return 'too large';
      return events.foreign ? 'not events' : 'nothing';
    },
  };
}

/** Cuts bytes into lines; what has no end yet waits for more. */
class LineSplitter {
  readonly #maxBytes: number;
  #rest: Buffer | null = null;
  #started = false;
  #afterCarriageReturn = false;
  tooLarge = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isPending(): boolean {
    return this.#rest !== null;
  }

  take(chunk: Buffer): string[] {
    let text = this.#whole(chunk);
    if (text === '') return [];
    if (this.#afterCarriageReturn && text.startsWith('\n')) text = text.slice(1);
    this.#afterCarriageReturn = text.endsWith('\r');
    if (!this.#started && text.startsWith('\uFEFF')) text = text.slice(1);
    this.#started = true;
    if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n');
    const lines = text.split('\n');
    // The text ends with a line's end: behind it stands nothing.
    lines.pop();
    return lines;
  }

  /** The bytes up to and with the last line end. */
  #whole(chunk: Buffer): string {
    const bytes: Buffer = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    const end = Math.max(bytes.lastIndexOf(lineFeed), bytes.lastIndexOf(carriageReturn)) + 1;
    this.#rest = end === bytes.length ? null : bytes.subarray(end);
    if (this.#rest && this.#rest.length > this.#maxBytes) {
      this.tooLarge = true;
      this.#rest = null;
    }
    return end === 0 ? '' : bytes.toString('utf8', 0, end);
  }
}

/** Puts lines together to events. */
class EventBuilder {
  readonly #give: (event: StreamEvent) => void;
  readonly #maxBytes: number;
  #name = '';
  #data: string | null = null;
  tooLarge = false;
  /** A line was no part of any event. */
  foreign = false;

  constructor(give: (event: StreamEvent) => void, maxBytes: number) {
    this.#give = give;
    this.#maxBytes = maxBytes;
  }

  get isPending(): boolean {
    return this.#data !== null || this.#name !== '';
  }

  line(text: string): void {
    if (text === '') return this.#dispatch();
    if (text.startsWith('data:')) return this.#addData(text.slice(text.charCodeAt(5) === space ? 6 : 5));
    if (text.startsWith('event:')) this.#name = text.slice(text.charCodeAt(6) === space ? 7 : 6);
    else if (text === 'data') this.#addData('');
    else if (!isIgnored(text)) this.foreign = true;
  }

  #addData(value: string): void {
    this.#data = this.#data === null ? value : `${this.#data}\n${value}`;
    if (this.#data.length > this.#maxBytes) this.tooLarge = true;
  }

  #dispatch(): void {
    if (this.#data !== null) this.#give(new StreamEvent(this.#name, this.#data));
    this.#name = '';
    this.#data = null;
  }
}

/** Comments, and fields that only a browser that reconnects can use. */
function isIgnored(line: string): boolean {
  return /^(?::|id(?::|$)|retry(?::|$)|event$)/.test(line);
}
