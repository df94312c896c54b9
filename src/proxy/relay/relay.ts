import { ProxyError } from '../errors.ts';
import { headerOf } from '../raw-headers.ts';
import { HeldReply } from './held-reply.ts';
import { type Passage, type Relaying } from './passage.ts';
import { RawReply } from './raw-reply.ts';
import { StreamedReply } from './streamed-reply.ts';

const json = /^application\/(?:[\w.-]+\+)?json\b/i;
const eventStream = /^text\/event-stream\b/i;
const html = /^(?:text\/html|application\/xhtml)/i;

/**
 * Moves a reply's bytes to the client: the one place where that is done. Streams pass chunk by chunk; JSON is held until
 * it is known to be whole; everything else passes as it comes. The head waits for the first byte of the body, so that an
 * answer that breaks off before it can still become an honest error.
 */
export function relay(passage: Passage): Relaying {
  const type = headerOf(passage.reply.headers, 'content-type') ?? '';
  switch (formOf(passage, type)) {
    case 'page':
      return notAnAnswer(passage, type);
    case 'events':
      return new StreamedReply(passage, 'events');
    case 'array':
      return new StreamedReply(passage, 'array');
    case 'json':
      return new HeldReply(passage);
    case 'raw':
      return relayRaw(passage);
  }
}

type Form = 'page' | 'events' | 'array' | 'json' | 'raw';

function formOf({ exchange, reply }: Passage, type: string): Form {
  const { endpoint, streamed } = exchange.route;
  if (!reply.hasBody) return 'raw';
  if (eventStream.test(type)) return 'events';
  const isJson = json.test(type);
  if (endpoint.metered && reply.status < 300) {
    if (html.test(type)) return 'page';
    if (isJson && streamed && reply.dialect === 'gemini') return 'array';
  }
  return isJson || (type === '' && endpoint.metered) ? 'json' : 'raw';
}

function relayRaw(passage: Passage): Relaying {
  const raw = new RawReply(passage);
  passage.reply.body.start(raw);
  return raw;
}

/** A page where JSON is due comes from something between us and the provider, such as a hotel's sign-in page. */
function notAnAnswer(passage: Passage, type: string): Relaying {
  passage.reply.body.cancel();
  const message = `the answer is ${type.replace(/[^\w/+-].*$/, '')}, not JSON: something between here and the provider sent it`;
  passage.refuse(new ProxyError('upstream_protocol', message));
  return { breakOff: () => undefined };
}
