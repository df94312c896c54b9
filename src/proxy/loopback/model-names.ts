/** The models that the loopback provider lists, in all dialects; it answers to any other name too. */
export const modelNames: readonly string[] = [
  'loopback',
  'loopback-fast',
  'loopback-thinking',
  'loopback-tool',
  'loopback-cache',
];
