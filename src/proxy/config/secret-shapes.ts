// Prefixes that providers give their keys, bearer tokens, keys in a query, and credentials in a URL.
const shapes: readonly (readonly [RegExp, string])[] = [
  [/\b(?:sk|pk|rk|gsk|xai|hf|tpk|ghp|github_pat)[-_][A-Za-z0-9_-]{6,}/gu, '[key]'],
  [/\bAIza[A-Za-z0-9_-]{8,}/gu, '[key]'],
  [/\b(bearer\s+)[^\s"',;]+/giu, '$1[key]'],
  [/([?&](?:key|api_key|token)=)[^&\s"']+/giu, '$1[key]'],
  [/(:\/\/)[^/\s@]+@/gu, '$1[credentials]@'],
];
// A long run of letters and digits that stands alone: nobody writes such a thing by hand.
const longRun = /(?<![\w/.-])(?=[\w-]*\d)[\w-]{32,}(?![\w/.-])/u;

/** Whether a text could be a credential: then it is not shown, and refused where a name belongs. */
export function looksSecret(text: string): boolean {
  return longRun.test(text) || shapes.some(([shape, replacement]) => text.replace(shape, replacement) !== text);
}

/** Makes the filter that every logged text goes through: the held credentials, exactly, and whatever looks like one. */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const held = secrets.filter((secret) => secret.length >= 8).sort((a, b) => b.length - a.length);
  return (text) => {
    const known = held.reduce((result, secret) => result.replaceAll(secret, '[key]'), text);
    return shapes.reduce((result, [shape, replacement]) => result.replace(shape, replacement), known);
  };
}
