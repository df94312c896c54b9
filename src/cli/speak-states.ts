import { sentences } from '../tui/sentences.ts';
import { openSource } from '../tui/source.ts';
import type { DashboardState } from '../tui/state.ts';
import { DashboardStore } from '../tui/store.ts';
import type { Terminal } from './terminal.ts';

const everyMs = 5000;
/** Until there is something to say for the first time: nobody should have to wait for what is known. */
const firstLookMs = 250;

/** Says in sentences what has changed of a proxy, every five seconds at most. Returns what ends it. */
export function speakStates(
  terminal: Pick<Terminal, 'print'>,
  { url, token }: { readonly url: string; readonly token: string | null },
): () => void {
  const store = new DashboardStore({ url, readOnly: true, now: Date.now() });
  const source = openSource({ baseUrl: url, token, store });
  let before: DashboardState | null = null;
  let timer = setTimeout(look, firstLookMs);
  return () => {
    clearTimeout(timer);
    source.close();
  };

  function look(): void {
    store.publish(Date.now());
    const after = store.getSnapshot();
    const isEarly = before === null && after.connection.state !== 'lost' && after.health === null;
    if (!isEarly) {
      for (const sentence of sentences(before, after)) terminal.print(sentence);
      before = after;
    }
    timer = setTimeout(look, isEarly ? firstLookMs : everyMs);
  }
}
