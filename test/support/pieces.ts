import fc from 'fast-check';

/** Where to cut some bytes: shares of what is left, so that they fit any length. */
export const cuts: fc.Arbitrary<readonly number[]> = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
  maxLength: 12,
});

/** The bytes cut into pieces, none of them empty. */
export function cutUp(bytes: Buffer, shares: readonly number[]): Buffer[] {
  const places = shares.map((share) => Math.floor(share * bytes.length)).toSorted((a, b) => a - b);
  return [...places, bytes.length]
    .map((place, index) => bytes.subarray(places[index - 1] ?? 0, place))
    .filter((piece) => piece.length > 0);
}

/** Each piece as a chunk of HTTP/1.1, and the last chunk. */
export function chunked(pieces: readonly Buffer[]): Buffer {
  const chunks = pieces.flatMap((piece) => [
    Buffer.from(`${piece.length.toString(16)}\r\n`),
    piece,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')]);
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('"', '\\', '\\"', '{"model":"no"}', '\u2028', '\u0000', '€', '\ud83d\ude00', 'data: [DONE]\n\n'),
);
const escaped = text.map((value) => {
  const plain = JSON.stringify(value);
  return plain.length % 2 === 0
    ? plain
    : plain.replace(/[a-z](?=[a-z"])/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);
});
const number = fc.constantFrom('0', '-0', '1.0', '1e3', '1E+2', '1e400', '12345678901234567890', '0.1000', '-1.5e-9');
const value = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    ...[fc.constantFrom('true', 'false', 'null', '"\\ud800"', '"\\/"'), number, escaped],
    fc.array(tie('value'), { maxLength: 4 }).map((values) => `[${values.join(' ,\n')}]`),
    fc.array(fc.tuple(escaped, tie('value')), { maxLength: 4 }).map(membersOf),
  ),
})).value;

function membersOf(members: readonly (readonly [string, string])[]): string {
  return `{${members.map(([name, member]) => `${name} :\t${member}`).join(', ')}}`;
}

/** A JSON object as no serialiser would write it: numbers and escapes in odd forms, names twice, white space. */
export const oddObject: fc.Arbitrary<string> = fc
  .array(fc.tuple(fc.oneof(escaped, fc.constantFrom('"messages"', '"__proto__"', '"x"', '"x"')), value), {
    maxLength: 8,
  })
  .map(membersOf);
