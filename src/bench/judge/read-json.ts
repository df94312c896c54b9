import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';

/** What the user has given cannot be used; the message says why and where, a line for each problem. */
export class InputError extends Error {}

/** Far more than any report has. */
const maxBytes = 64 * 1024 * 1024;
const shownProblems = 5;

/**
 * Reads a file that people write or keep, such as an SLA or a baseline.
 *
 * @param what it should be, for the message: `a baseline`.
 * @throws InputError with file, line and key of what is wrong.
 */
export function readJson<T>(file: string, what: string, schema: z.ZodType<T>): T {
  const text = readText(file);
  const parsed = parse(file, text);
  const result = schema.safeParse(parsed);
  if (result.success) return result.data;
  const lines = result.error.issues
    .slice(0, shownProblems)
    .map((issue) => `  ${file}:${lineOf(text, issue.path)}: ${issue.path.join('.') || 'the file'}: ${issue.message}`);
  const more = result.error.issues.length - lines.length;
  throw new InputError([`${file} is not ${what}:`, ...lines, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n'));
}

function readText(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    if (text.length <= maxBytes) return text;
  } catch (error) {
    throw new InputError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  throw new InputError(`${file} is larger than ${maxBytes / 1024 / 1024} MiB`);
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file}:${syntaxLine(text)}: no JSON: ${(error as Error).message}`, { cause: error });
  }
}

/** Of the first slip. JSON is YAML (https://yaml.org/spec/1.2.2/), whose reader knows lines. */
function syntaxLine(text: string): number {
  return parseDocument(text).errors[0]?.linePos?.[0].line ?? 1;
}

/** Where a key's value stands, or the nearest that is there around it. */
function lineOf(text: string, path: readonly PropertyKey[]): number {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    const range = (node as { readonly range?: readonly number[] | null } | undefined)?.range;
    if (range?.[0] !== undefined) return lineCounter.linePos(range[0]).line;
  }
  return 1;
}
