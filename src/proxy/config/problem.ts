import { looksSecret } from './secret-shapes.ts';

/** One thing that is wrong with the configuration. */
export interface Problem {
  /** The file it stands in; null where it comes from the environment or the command line. */
  readonly file: string | null;
  /** Both count from 1. */
  readonly line: number | null;
  readonly column: number | null;
  /** A dotted path, an environment variable or a flag; '' for the file as a whole. */
  readonly key: string;
  readonly expected: string;
  /** What stood there instead, never a secret; null where that says nothing. */
  readonly got: string | null;
  /** Set where there is no such key, whatever its value. */
  readonly unknown?: true;
}

/** A problem with what stands in no file: a variable or a flag. */
export function problemOutside(key: string, expected: string, got: string | null): Problem {
  return { file: null, line: null, column: null, key, expected, got };
}

/** Everything that is wrong, at once: nothing has been started. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(problemText).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** `FILE:LINE:COLUMN: KEY: expected …, got …` */
export function problemText({ file, line, column, key, expected, got }: Problem): string {
  const place = file === null ? [] : [line === null ? file : `${file}:${line}:${column ?? 1}`];
  const subject = [...place, ...(key === '' ? [] : [key])].join(': ');
  return `${subject}: expected ${expected}${got === null ? '' : `, got ${got}`}`;
}

const maxShownCharacters = 60;

/** A value as a problem shows it. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  if (typeof value !== 'string') return JSON.stringify(value) ?? typeof value;
  if (looksSecret(value)) return 'what looks like a credential (not shown)';
  return value.length > maxShownCharacters
    ? `${JSON.stringify(value.slice(0, maxShownCharacters))}…`
    : JSON.stringify(value);
}
