import {
  type DocumentOptions,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type ParsedNode,
  type ParseOptions,
  type SchemaOptions,
} from 'yaml';
import { type Problem, shown } from './problem.ts';
import { looksSecret } from './secret-shapes.ts';
import { nestingDepth } from './yaml-depth.ts';

/** Where a value stands; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface YamlSource {
  readonly value: Record<string, unknown>;
  /** By dotted path: where each key stands. */
  readonly positions: ReadonlyMap<string, Position>;
  readonly problems: readonly Problem[];
}

const maxDepth = 32;
const maxSyntaxProblems = 5;
const maxMessageCharacters = 80;
const plainYaml: DocumentOptions & ParseOptions & SchemaOptions = {
  version: '1.2',
  schema: 'core',
  customTags: [],
  resolveKnownTags: false,
  merge: false,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'error',
};
// Own keys of these names are how a merge turns data into behaviour.
const refusedKeys = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads YAML 1.2 as plain data: no tags, anchors, aliases, merge keys or second documents, each key once. Mappings come
 * without a prototype.
 */
export function readYaml(text: string, file: string): YamlSource {
  if (nestingDepth(text) > maxDepth) {
    const tooDeep = { file, line: 1, column: 1, key: '', expected: `at most ${maxDepth} levels`, got: 'more' };
    return { value: {}, positions: new Map(), problems: [tooDeep] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { ...plainYaml, lineCounter: lines });
  const reader = new Reader(file, (offset) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  });
  if (document.errors.length > 0) {
    for (const error of document.errors.slice(0, maxSyntaxProblems)) {
      reader.problem(error.pos[0], '', 'valid YAML', plainText(error.message));
    }
  } else if (document.directives?.yaml.explicit) {
    reader.problem(0, '', 'no %YAML directive', null);
  } else {
    reader.readRoot(document.contents);
  }
  return reader;
}

/** The parser's words may quote the file. */
function plainText(message: string): string {
  return looksSecret(message) ? 'something else' : message.slice(0, maxMessageCharacters);
}

class Reader implements YamlSource {
  value: Record<string, unknown> = Object.create(null);
  readonly positions = new Map<string, Position>();
  readonly problems: Problem[] = [];
  readonly #file: string;
  readonly #at: (offset: number) => Position;

  constructor(file: string, at: (offset: number) => Position) {
    this.#file = file;
    this.#at = at;
  }

  problem(offset: number, key: string, expected: string, got: string | null): void {
    this.problems.push({ file: this.#file, ...this.#at(offset), key, expected, got });
  }

  readRoot(contents: ParsedNode | null): void {
    if (contents === null || (isScalar(contents) && contents.value === null)) return;
    if (!isMap(contents)) {
      this.problem(contents.range[0], '', 'a mapping (key: value) at the top', null);
      return;
    }
    this.value = this.#read(contents, '') as Record<string, unknown>;
  }

  #read(node: Node | null, key: string): unknown {
    if (node === null) return null;
    const offset = node.range?.[0] ?? 0;
    if (isAlias(node)) {
      this.problem(offset, key, 'the value itself', 'an alias (*name), which is not read here');
      return null;
    }
    if ('anchor' in node && node.anchor) this.problem(offset, key, 'no anchor (&name)', null);
    if ('tag' in node && node.tag) this.problem(offset, key, 'no tag (!name)', null);
    if (isMap(node)) return this.#readMap(node.items as Pair<Node, Node | null>[], key);
    if (isSeq(node)) return this.#readList(node.items as (Node | null)[], key);
    return isScalar(node) ? node.value : null;
  }

  #readList(items: readonly (Node | null)[], parent: string): unknown[] {
    return items.map((item, index) => {
      const key = `${parent}.${index}`;
      if (item?.range) this.positions.set(key, this.#at(item.range[0]));
      return this.#read(item, key);
    });
  }

  #readMap(items: readonly Pair<Node, Node | null>[], parent: string): Record<string, unknown> {
    const value: Record<string, unknown> = Object.create(null);
    for (const item of items) {
      const offset = item.key.range?.[0] ?? 0;
      if (!isScalar(item.key) || typeof item.key.value !== 'string') {
        this.problem(offset, parent, 'a name as key', isScalar(item.key) ? shown(item.key.value) : 'a structure');
        continue;
      }
      const name = item.key.value;
      const key = parent === '' ? name : `${parent}.${name}`;
      const first = this.positions.get(key);
      if (refusedKeys.has(name)) this.problem(offset, key, 'another name', null);
      else if (first) this.problem(offset, key, 'each key once', `a second one; the first is on line ${first.line}`);
      else {
        this.positions.set(key, this.#at(offset));
        const content = this.#read(item.value, key);
        // A key whose content is commented out counts as not set.
        if (content !== null) value[name] = content;
      }
    }
    return value;
  }
}
