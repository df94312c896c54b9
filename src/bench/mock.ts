import { createServer, type Server, type Socket } from 'node:net';
import { createPacer, type Pacer } from './pacer.ts';
import { askedReply, burstEvents, plainReply, refusal, streamParts, tailBytes } from './replies.ts';

const plain = plainReply();
const refused = refusal();
const parts = streamParts();
const burst = Buffer.concat([...Array.from({ length: burstEvents }, () => parts.delta), parts.closing]);

/** Calls what it is given when the provider has done its thinking. */
export type Hold = (answer: () => void) => void;

function answer(socket: Socket, bodyTail: string, pacer: Pacer): void {
  const reply = askedReply(bodyTail);
  if (reply === 'plain') {
    socket.write(plain);
  } else if (reply === 'refused') {
    socket.write(refused);
  } else if (reply === 'stream') {
    socket.write(parts.opening);
    setImmediate(() => socket.write(burst));
  } else {
    socket.write(parts.opening);
    pacer.add({
      events: reply.pacedEvents,
      event: () => socket.write(parts.delta),
      end: () => socket.write(parts.closing),
    });
  }
}

/** Calls `asked` with the end of each request's body. */
function serve(socket: Socket, asked: (bodyTail: string) => void): void {
  let head: Buffer = Buffer.alloc(0);
  let bodyLeft = -1;
  let tail: Buffer = Buffer.alloc(0);

  const readHead = (bytes: Buffer): Buffer | null => {
    head = head.length === 0 ? bytes : Buffer.concat([head, bytes]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return null;
    bodyLeft = Number(/\ncontent-length: *(\d+)/i.exec(head.toString('latin1', 0, end))?.[1] ?? 0);
    return head.subarray(end + 4);
  };

  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    const body = bodyLeft < 0 ? readHead(bytes) : bytes;
    if (body === null) return;
    bodyLeft -= body.length;
    tail = body.length >= tailBytes ? body : Buffer.concat([tail, body]);
    if (bodyLeft > 0) return;
    asked(tail.subarray(-tailBytes).toString('latin1'));
    head = tail = Buffer.alloc(0);
    bodyLeft = -1;
  });
}

/**
 * The provider of the benchmark: a raw TCP server with prebuilt answers, so that it costs little beside what is measured.
 * It reads just enough HTTP to find a request's end. `hold` gives each answer its time; by default that is at once.
 */
export function createMock(hold: Hold = (answerNow) => answerNow()): Server {
  const pacer = createPacer();
  return createServer((socket) => serve(socket, (bodyTail) => hold(() => answer(socket, bodyTail, pacer))));
}
