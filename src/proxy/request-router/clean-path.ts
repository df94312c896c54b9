/** RFC 3986's path characters, but for `;`, which some servers cut paths at, and `%`, which is looked at by itself. */
const clean = /^(?:[A-Za-z0-9\-._~!$&'()*+,=:@/]|%[0-9A-Fa-f]{2})+$/;
/** Escapes that another decoder would read as part of the path's structure: controls, `#`, `%`, `.`, `/`, `;`, `?`, `\`. */
const structural = /%(?:[01][0-9a-f]|7f|2[35ef]|3[bf]|5c)/i;
const emptyOrDots = /\/(?:\/|\.{1,2}(?:\/|$))/;

/**
 * Whether a path means the same to everyone who reads it: it begins with a slash, has no empty and no dot segments,
 * nothing that is not ASCII, and no escape that would be structure or is not UTF-8 once decoded.
 */
export function isCleanPath(path: string): boolean {
  if (!path.startsWith('/') || !clean.test(path) || emptyOrDots.test(path)) return false;
  if (!path.includes('%')) return true;
  return !structural.test(path) && decoded(path) !== null;
}

/** Whether a query, with its question mark or empty, holds nothing but visible ASCII, and no fragment. */
export function isCleanQuery(query: string): boolean {
  return query === '' || /^[\x21-\x22\x24-\x7e]+$/.test(query);
}

/** A clean path's segment as text, or null where it is not UTF-8. */
export function decoded(segment: string): string | null {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
