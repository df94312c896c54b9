import { ProxyError } from '../errors.ts';
import { headerOf } from '../raw-headers.ts';
import { relayHeld } from './held-reply.ts';
import { type Passage, type Relaying } from './passage.ts';
import { relayRaw } from './raw-reply.ts';
import { relayStream } from './streamed-reply.ts';

const json = /^application\/(?:[\w.-]+\+)?json\b/i;
const eventStream = /^text\/event-stream\b/i;
const html = /^(?:text\/html|application\/xhtml)/i;

/**
 * Moves a reply's bytes to the client: the one place where that is done. Streams pass chunk by chunk; JSON is held until
 * it is known to be whole; everything else passes as it comes. The head waits for the first byte of the body, so that an
 * answer that breaks off before it can still become an honest error.
 */
export function relay(passage: Passage): Relaying {
  const { exchange, reply } = passage;
  const { endpoint, streamed } = exchange.route;
  const type = headerOf(reply.headers, 'content-type') ?? '';
  if (!reply.hasBody) return relayRaw(passage);
  if (eventStream.test(type)) return relayStream(passage, 'events');
  if (endpoint.metered && reply.status < 300) {
    if (html.test(type)) return notAnAnswer(passage, type);
    if (json.test(type) && streamed && reply.dialect === 'gemini') return relayStream(passage, 'array');
  }
  return json.test(type) || (type === '' && endpoint.metered) ? relayHeld(passage) : relayRaw(passage);
}

/** A page where JSON is due comes from something between us and the provider, such as a hotel's sign-in page. */
function notAnAnswer(passage: Passage, type: string): Relaying {
  passage.reply.body.cancel();
  const message = `the answer is ${type.replace(/[^\w/+-].*$/, '')}, not JSON: something between here and the provider sent it`;
  passage.refuse(new ProxyError('upstream_protocol', message));
  return { breakOff: () => undefined };
}
