/** The first value of a header in a raw list of names and values, or null. `name` is in lower case. */
export function headerOf(headers: readonly string[], name: string): string | null {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const candidate = headers[index] as string;
    if (candidate.length !== name.length) continue;
    if (candidate === name || candidate.toLowerCase() === name) return headers[index + 1] as string;
  }
  return null;
}

/** All values of a header in a raw list of names and values. */
export function valuesOf(headers: readonly string[], name: string): string[] {
  return headers.filter((_, index) => index % 2 === 1 && headers[index - 1]!.toLowerCase() === name);
}
