export const shells = ['bash', 'zsh', 'fish', 'pwsh', 'json'] as const;
export type Shell = (typeof shells)[number];

interface Syntax {
  readonly set: (name: string, value: string) => string;
  readonly unset: (name: string) => string;
}

const posix: Syntax = {
  set: (name, value) => `export ${name}=${quotedForShell(value)}`,
  unset: (name) => `unset ${name}`,
};

const syntaxes: Readonly<Record<Exclude<Shell, 'json'>, Syntax>> = {
  bash: posix,
  zsh: posix,
  fish: { set: (name, value) => `set -gx ${name} ${quoted(value, String.raw`\'`)}`, unset: (name) => `set -e ${name}` },
  pwsh: {
    set: (name, value) => `$env:${name} = ${quoted(value, "''")}`,
    unset: (name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`,
  },
};

/** Lines that set the variables in a shell, or a JSON object of them. */
export function writeExports(shell: Shell, variables: Readonly<Record<string, string>>): string {
  if (shell === 'json') return JSON.stringify(variables, null, 2);
  const lines = Object.entries(variables).map(([name, value]) => syntaxes[shell].set(name, value));
  return lines.join('\n');
}

/** Lines that take them back; in JSON, the names with null. */
export function writeUnset(shell: Shell, names: readonly string[]): string {
  if (shell === 'json') return JSON.stringify(Object.fromEntries(names.map((name) => [name, null])), null, 2);
  return names.map((name) => syntaxes[shell].unset(name)).join('\n');
}

/** In single quotes, within which only the quote itself means something. */
function quoted(value: string, escapedQuote: string): string {
  return `'${value.replaceAll("'", escapedQuote)}'`;
}

/** As one word of a POSIX shell. */
export function quotedForShell(value: string): string {
  return quoted(value, String.raw`'\''`);
}
