/** A message's head in parts, and its body, which must be there whole and unchunked. */
export interface HttpMessage {
  /** The request line or the status line. */
  readonly start: string;
  /** Raw name, value, name, value, … */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

const blankLine = '\r\n\r\n';

/** Takes the bytes of one HTTP/1.1 message apart. @throws where they have no end of a head */
export function parseMessage(bytes: Buffer): HttpMessage {
  const end = bytes.indexOf(blankLine);
  if (end < 0) throw new Error('a message without the end of its head');
  const [start = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const headers = lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { start, headers, body: bytes.subarray(end + blankLine.length) };
}
