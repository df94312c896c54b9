/**
 * Remembers what holds for a header's name by its spelling: peers send the same dozen all day. Beyond the limit it is
 * found anew each time.
 */
export function bySpelling<Fact extends string | boolean>(
  find: (rawName: string) => Fact,
  maxRemembered: number,
): (rawName: string) => Fact {
  const remembered = new Map<string, Fact>();
  return (rawName) => {
    const known = remembered.get(rawName);
    if (known !== undefined) return known;
    const found = find(rawName);
    if (remembered.size < maxRemembered) remembered.set(rawName, found);
    return found;
  };
}
