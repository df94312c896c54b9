import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import loadWabt from 'wabt';
import { memberReader } from '../../request-router/members.ts';
import { createJsonMemory, guard } from './index.ts';

const source = fileURLToPath(new URL('json-skip.wat', import.meta.url));
const reader = memberReader([]);

async function assembled(): Promise<string> {
  const wabt = await loadWabt();
  const module = wabt.parseWat('json-skip.wat', readFileSync(source, 'utf8'), { simd: true });
  const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64');
  const lines = (base64.match(/.{1,110}/g) ?? []).map((line) => `  '${line}'`);
  return `// Assembled from json-skip.wat; \`npx vitest run -u\` writes it anew.\nexport const jsonSkipWasm =\n${lines.join(' +\n')};\n`;
}

/** What the walk in TypeScript says of the same text: the offset behind it, or 0 where it is broken. */
function byWalk(text: Buffer): number {
  try {
    return reader(text, 0).end;
  } catch {
    return 0;
  }
}

describe('stepping over JSON in WebAssembly', () => {
  const memory = createJsonMemory(64 * 1024)!;

  /** At the very end of the memory, or with stale text behind it. */
  function skipped(text: Buffer, offset: number): number {
    memory.bytes.fill('"}],{');
    memory.bytes.set(text, offset);
    memory.bytes.set(guard, offset + text.length);
    const behind = memory.skipNested(offset, offset + text.length);
    return behind === 0 ? 0 : behind - offset;
  }

  it('runs what its source says', async () => {
    await expect(await assembled()).toMatchFileSnapshot('json-skip-wasm.ts');
  });

  it('finds the end of any object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(40), fc.boolean(), (value, offset, spaced) => {
        const text = Buffer.from(JSON.stringify(value, null, spaced ? '\t' : undefined));
        expect(skipped(text, offset)).toBe(text.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('finds nothing where the walk byte by byte finds nothing, and else the same', () => {
    const piece = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '\\',
        '"a"',
        '1',
        '-',
        '1e+5',
        'true',
        'false',
        'null',
        'nul',
        ' ',
        '\n',
        '\0',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (pieces, atEnd) => {
        const text = Buffer.from(`{${pieces.join('')}`);
        const offset = atEnd ? memory.bytes.length - guard.length - text.length : 5;
        expect(skipped(text, offset)).toBe(byWalk(text));
      }),
      { numRuns: 20_000 },
    );
  });

  it('finds nothing in a text that is cut off anywhere', () => {
    const text = Buffer.from('{"a":[{"b\\"\\\\":"c\\""},[],{},-1.5e3,true,false,null],"d":{"e":"f"}}');
    for (let length = 1; length < text.length; length++) expect(skipped(text.subarray(0, length), 7)).toBe(0);
    expect(skipped(text, 7)).toBe(text.length);
  });

  it('gives up where it is nested too deep to remember', () => {
    const nested = (depth: number): Buffer => Buffer.from('['.repeat(depth) + ']'.repeat(depth));
    expect(skipped(nested(62), 0)).toBe(124);
    expect(skipped(nested(63), 0)).toBe(0);
  });
});
