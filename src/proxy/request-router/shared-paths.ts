import type { Dialect } from '../dialect.ts';
import { headerOf } from '../raw-headers.ts';

/** Of a path that several providers serve, whose dialect is meant: the client's headers and credential tell, else it is the path's. */
export function dialectOfClient(headers: readonly string[], query: string, dialectOfPath: Dialect): Dialect {
  if (headerOf(headers, 'anthropic-version') !== null || headerOf(headers, 'x-api-key') !== null) {
    return 'anthropic-messages';
  }
  if (headerOf(headers, 'x-goog-api-key') !== null || /[?&]key=/.test(query)) return 'gemini';
  return dialectOfPath;
}
