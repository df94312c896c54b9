import { sentences } from '../tui/sentences.ts';
import { openSource } from '../tui/source.ts';
import type { DashboardState } from '../tui/state.ts';
import { DashboardStore } from '../tui/store.ts';
import type { Terminal } from './terminal.ts';

const everyMs = 5000;

/** Says in sentences what has changed of a proxy, every five seconds at most. Returns what ends it. */
export function speakStates(
  terminal: Pick<Terminal, 'print'>,
  { url, token }: { readonly url: string; readonly token: string | null },
): () => void {
  const store = new DashboardStore({ url, readOnly: true, now: Date.now() });
  const source = openSource({ baseUrl: url, token, store });
  let before: DashboardState | null = null;
  const timer = setInterval(() => {
    store.publish(Date.now());
    const after = store.getSnapshot();
    for (const sentence of sentences(before, after)) terminal.print(sentence);
    before = after;
  }, everyMs);
  return () => {
    clearInterval(timer);
    source.close();
  };
}
