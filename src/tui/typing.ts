import type { View } from './view.ts';

/** Longer is no filter that anybody types. */
const maxCharacters = 200;

/** What a key makes of the filter that is being typed. @param key as for `press` */
export function typed(key: string, text: string): Partial<View> {
  if (key === 'enter') return { typing: null, filter: text.trim(), selected: null, following: true };
  if (key === 'escape') return { typing: null };
  if (key === 'backspace') return { typing: Array.from(text).slice(0, -1).join('') };
  // Any other key with a name; what is pasted comes as one text.
  if (namedKeys.has(key)) return {};
  return { typing: (text + key.replace(/\p{Cc}/gu, '')).slice(0, maxCharacters) };
}

const namedKeys: ReadonlySet<string> = new Set([
  ...['tab', 'shift-tab', 'up', 'down', 'left', 'right', 'home', 'end', 'pageup', 'pagedown', 'delete'],
]);
