import { describe, expect, it } from 'vitest';
import { schemaExample } from './schema-example.ts';

describe('the least value that fits a schema', () => {
  it.each([
    [{ type: 'string' }, 'text'],
    [{ type: 'string', minLength: 6 }, 'text..'],
    [{ type: 'string', maxLength: 2 }, 'te'],
    [{ type: 'integer', minimum: 3 }, 3],
    [{ type: 'number', exclusiveMinimum: 0 }, 1],
    [{ type: 'number', maximum: -4 }, -4],
    [{ type: ['boolean', 'null'] }, true],
    [{ type: 'null' }, null],
    [{ enum: ['b', 'a'] }, 'b'],
    [{ const: 7 }, 7],
    [{ type: 'string', default: 'x' }, 'x'],
    [{ type: 'array', items: { type: 'integer' }, minItems: 2 }, [0, 0]],
    [{ type: 'array', items: {} }, []],
    [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }, 0],
    [{ allOf: [{ type: 'string' }, { minLength: 5 }] }, 'text.'],
    [{ properties: { a: {} } }, {}],
    [true, null],
  ])('%j gives %j', (schema, value) => {
    expect(schemaExample(schema)).toEqual(value);
  });

  it('holds what is required, and follows references', () => {
    const $defs = { place: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } };
    const properties = { to: { $ref: '#/$defs/place' }, via: { $ref: '#/$defs/place' } };
    expect(schemaExample({ type: 'object', properties, required: ['to'], $defs })).toEqual({ to: { city: 'text' } });
  });

  it("reads Gemini's upper-case types", () => {
    const schema = { type: 'OBJECT', properties: { n: { type: 'INTEGER' } }, required: ['n'] };
    expect(schemaExample(schema)).toEqual({ n: 0 });
  });

  it('ends, however deep or wide a schema is', () => {
    const endless = { type: 'object', properties: { a: { $ref: '#' }, b: { $ref: '#' } }, required: ['a', 'b'] };
    expect(JSON.stringify(schemaExample(endless)).length).toBeLessThan(100_000);
    const wide = { type: 'array', minItems: 1e9, items: { type: 'array', minItems: 1e9, items: { type: 'string' } } };
    expect(JSON.stringify(schemaExample(wide)).length).toBeLessThan(100_000);
    expect(schemaExample({ $ref: '#/nowhere' })).toBeNull();
  });
});
