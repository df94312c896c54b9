import { bySpelling } from './by-spelling.ts';
import { namedIn, withoutNamed } from './request-headers.ts';

/** A method of Node's buffers that its types leave out: `toString('latin1')` without the look-up of the encoding's name. */
type Latin1 = Buffer & { latin1Slice(): string };

const dropped = new Set([
  // Hop by hop (RFC 9110, 7.6.1).
  ...['keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'proxy-authenticate', 'proxy-authentication-info'],
  // What would make a browser act for the provider's origin on ours.
  ...['set-cookie', 'alt-svc', 'location', 'refresh', 'link', 'clear-site-data', '__proto__'],
  // Ours to say.
  ...['server-timing'],
]);
const droppedPrefixes = ['access-control-', 'service-worker-', 'x-tokenpak-', 'proxy-'];

function isDropped(rawName: string): boolean {
  const name = rawName.toLowerCase();
  return dropped.has(name) || droppedPrefixes.some((prefix) => name.startsWith(prefix));
}

/** Makes the filter for a provider's headers: an open list, in its order and spelling, without what must not cross. */
export function replyHeaderFilter(maxRemembered = 1000): (raw: readonly Buffer[]) => string[] {
  const drops = bySpelling(isDropped, maxRemembered);
  return (raw) => {
    const kept: string[] = [];
    let named: Set<string> | null = null;
    for (let index = 0; index + 1 < raw.length; index += 2) {
      const name = (raw[index] as Latin1).latin1Slice();
      if (drops(name)) continue;
      const value = (raw[index + 1] as Latin1).latin1Slice();
      if (name.length === 10 && name.toLowerCase() === 'connection') named = namedIn(value, named);
      else kept.push(name, value);
    }
    return named ? withoutNamed(kept, named) : kept;
  };
}
