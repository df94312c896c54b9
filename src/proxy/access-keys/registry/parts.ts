export interface Part {
  readonly name: string;
  /** '' where there is no `=`. */
  readonly value: string;
}

/** `NAME=VALUE` parts that are joined by commas. */
export function partsOf(text: string): Part[] {
  return text.split(',').map((part) => {
    const equals = part.indexOf('=');
    if (equals === -1) return { name: part.trim(), value: '' };
    return { name: part.slice(0, equals).trim(), value: part.slice(equals + 1).trim() };
  });
}
