/**
 * Makes a test for a pattern in which `*` stands for any text and `?` for one character; everything else stands for
 * itself. It takes time in proportion to both lengths at most, whatever the pattern: names come from clients.
 */
export function globMatcher(pattern: string): (text: string) => boolean {
  if (pattern === '*') return () => true;
  if (!/[*?]/.test(pattern)) return (text) => text === pattern;
  const prefix = pattern.slice(0, -1);
  if (pattern.endsWith('*') && !/[*?]/.test(prefix)) return (text) => text.startsWith(prefix);
  return (text) => matches(pattern, text);
}

/** Goes back to the last star only: an earlier one need not take more than it did. */
function matches(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resumeAt = 0;
  let position = 0;
  while (position < text.length) {
    if (at < pattern.length && (pattern[at] === '?' || (pattern[at] !== '*' && pattern[at] === text[position]))) {
      at++;
      position++;
    } else if (pattern[at] === '*') {
      star = at++;
      resumeAt = position;
    } else if (star >= 0) {
      at = star + 1;
      position = ++resumeAt;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
