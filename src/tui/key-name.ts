import type { Key } from 'ink';

/** Ink's names of keys, and ours. */
const named = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageDown', 'pagedown'],
  ['pageUp', 'pageup'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  // Terminals send either for the key above enter.
  ['backspace', 'backspace'],
  ['delete', 'backspace'],
] as const satisfies readonly (readonly [keyof Key, string])[];

/** The key as `press` knows it: its name, or what it types. */
export function keyName(input: string, key: Key): string {
  if (key.tab) return key.shift ? 'shift-tab' : 'tab';
  const name = named.find(([flag]) => key[flag])?.[1];
  if (name !== undefined) return name;
  return key.ctrl ? `ctrl-${input}` : input;
}
