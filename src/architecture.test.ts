import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname);

/** Files at the top of src/proxy that put the parts together: they may import every part. */
const assembly = new Set([
  'proxy',
  'core',
  'in-process',
  'pipeline',
  'models',
  'traffic',
  'network',
  'sinks',
  'drain',
  'worker',
  'index',
  'saved-budgets',
]);

/** Folders of src/proxy that everybody may import, beside the kernel's single files. */
const kernelFolders = new Set(['dialects', 'relay']);

/** Arrows between parts that are meant: each is drawn in docs/architecture.md. */
const allowed = new Set([
  'cli > proxy',
  'cli > bench',
  'cli > tui',
  'bench > proxy',
  'bench > tui',
  'tui > proxy',
  // Settings are made of each part's options.
  'proxy/config > proxy/provider-router',
  'proxy/config > proxy/server',
  'proxy/config > proxy/upstream',
  'proxy/config > proxy/ledger',
  'proxy/config > proxy/token-counter',
  'proxy/config > proxy/request-router',
  'proxy/config > proxy/budgets',
  'proxy/config > proxy/circuit-breaker',
  'proxy/config > proxy/access-keys',
  'proxy/config > proxy/rate-limiter',
]);

/** The sections that a record is composed of: their types are the kernel's, too. */
const sections = new Set(['proxy/token-counter/usage.ts', 'proxy/token-counter/cost.ts']);

/**
 * Where `cli`, `bench` and `tui` enter the proxy. `in-process` is for the benchmark of the pipeline alone: it makes a proxy
 * that has no socket on either side.
 */
const entrances =
  /^proxy\/(?:index|in-process|worker|product-name|change|quota|saved-budgets|budgets\/index|sse-decoder|loopback\/(?:index|directives)|config\/[\w-]+|control\/index|ledger\/index|access-keys\/registry\/index|token-counter\/prices\/[\w-]+)\.ts$/;

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
    .map((file) => file.split(path.sep).join('/'));
}

/** The part that a file belongs to: `cli`, `bench`, `tui`, a component of the proxy, its assembly or its kernel. */
function partOf(file: string): string {
  const [top, second, ...rest] = file.split('/') as [string, string?, ...string[]];
  if (top !== 'proxy' || second === undefined) return top;
  if (rest.length > 0) return kernelFolders.has(second) ? 'kernel' : `proxy/${second}`;
  return assembly.has(second.replace(/\.ts$/, '')) ? 'assembly' : 'kernel';
}

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function arrowsOf(file: string): Arrow[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const imports = text.matchAll(/^(?:import|export)\s+(type\s)?[^'";]*?from\s+'(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm);
  return [...imports].map(([, type, statically, dynamically]) => ({
    from: file,
    to: path.posix.normalize(path.posix.join(path.posix.dirname(file), (statically ?? dynamically) as string)),
    typeOnly: type !== undefined,
  }));
}

function isDrawn({ from, to, typeOnly }: Arrow): boolean {
  const [source, target] = [partOf(from), partOf(to)];
  if (source === target || source === 'assembly' || (typeOnly && sections.has(to))) return true;
  if (target === 'kernel' && source.startsWith('proxy/')) return true;
  if (target === 'assembly' && source.startsWith('proxy/')) return false;
  // A record is composed of sections, and the kernel names their types.
  if (source === 'kernel') return typeOnly;
  if (!source.startsWith('proxy') && to.startsWith('proxy/')) {
    return allowed.has(`${source} > proxy`) && (typeOnly || entrances.test(to));
  }
  return allowed.has(`${source} > ${target}`);
}

describe('the architecture', () => {
  const files = sources(root);

  it('has files to look at', () => expect(files.length).toBeGreaterThan(50));

  it('has no import that is not drawn', () => {
    const wrong = files.flatMap(arrowsOf).filter((arrow) => !isDrawn(arrow));
    expect(wrong.map(({ from, to }) => `${from} must not import ${to}`)).toEqual([]);
  });

  it('reads the time in one place only', () => {
    const ownProcess = /^(?:cli|bench|tui|proxy\/loopback)\//;
    const timed = /\b(?:Date\.now|performance\.now|setTimeout|setInterval)\b/;
    const guilty = files.filter(
      (file) => !ownProcess.test(file) && file !== 'proxy/clock.ts' && timed.test(code(file)),
    );
    expect(guilty).toEqual([]);
  });

  it('writes to the terminal in one place only', () => {
    const writes = /\bconsole\.|\bprocess\.(?:stdout|stderr)\b/;
    const guilty = files.filter(
      (file) => file !== 'cli/terminal.ts' && !file.startsWith('bench/') && writes.test(code(file)),
    );
    expect(guilty).toEqual([]);
  });

  it('has no file of more than 250 lines of code', () => {
    const long = files.filter(
      (file) =>
        code(file)
          .split('\n')
          .filter((line) => line.trim() !== '').length > 250,
    );
    expect(long).toEqual([]);
  });
});

/** A file without its comments. */
function code(file: string): string {
  return readFileSync(path.join(root, file), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '');
}
