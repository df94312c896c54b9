type Attribute =
  | 'bold'
  | 'dim'
  | 'italic'
  | 'underline'
  | 'blink'
  | 'inverse'
  | 'hidden'
  | 'struck'
  | 'foreground'
  | 'background'
  | 'overline'
  | 'underlineColor';

/** How a cell looks: for each attribute that is on, the SGR parameters that turn it on. Equal styles are one object. */
export interface TextStyle {
  readonly codes: ReadonlyMap<Attribute, string>;
  /** Where SGR parameters lead to from here, and what leads from here to another style: looked up, not worked out. */
  readonly next: Map<string, TextStyle>;
  readonly changes: Map<TextStyle, string>;
}

const turnsOff: Readonly<Record<Attribute, string>> = {
  bold: '22',
  dim: '22',
  italic: '23',
  underline: '24',
  blink: '25',
  inverse: '27',
  hidden: '28',
  struck: '29',
  foreground: '39',
  background: '49',
  overline: '55',
  underlineColor: '59',
};
const attributes = Object.keys(turnsOff) as Attribute[];

const turnsOn = new Map<number, Attribute>([
  ...(['bold', 'dim', 'italic', 'underline', 'blink', 'blink', 'inverse', 'hidden', 'struck'] as const).map(
    (attribute, index): [number, Attribute] => [index + 1, attribute],
  ),
  [21, 'underline'],
  ...[30, 31, 32, 33, 34, 35, 36, 37, 38].map((code): [number, Attribute] => [code, 'foreground']),
  ...[40, 41, 42, 43, 44, 45, 46, 47, 48].map((code): [number, Attribute] => [code, 'background']),
  ...[90, 91, 92, 93, 94, 95, 96, 97].map((code): [number, Attribute] => [code, 'foreground']),
  ...[100, 101, 102, 103, 104, 105, 106, 107].map((code): [number, Attribute] => [code, 'background']),
  [53, 'overline'],
  [58, 'underlineColor'],
]);

const styles = new Map<string, TextStyle>();
/** More are only seen where somebody paints gradients; then they are forgotten, which costs bytes and breaks nothing. */
const maxStyles = 500;

/** A colour that was cut: what follows it would be taken for its end. */
const brokenColor = /^[345]8(?:;5;?|;2(?:;\d*){0,2};?|)$/;

/** Nothing is on. */
export const plainStyle: TextStyle = { codes: new Map(), next: new Map(), changes: new Map() };

/** The style after `CSI parameters m`. */
export function restyled(style: TextStyle, parameters: string): TextStyle {
  let next = style.next.get(parameters);
  if (next === undefined) {
    next = interned(applied(style, parameters));
    style.next.set(parameters, next);
  }
  return next;
}

/** The shortest sequence that leads from one style to the other; empty where they are the same. */
export function styleChange(from: TextStyle, to: TextStyle): string {
  if (from === to) return '';
  let change = from.changes.get(to);
  if (change === undefined) {
    const anew = to.codes.size === 0 ? '' : ['0', ...to.codes.values()].join(';');
    const stepwise = differences(from, to);
    change = `\u001B[${anew.length <= stepwise.length ? anew : stepwise}m`;
    from.changes.set(to, change);
  }
  return change;
}

function interned(codes: ReadonlyMap<Attribute, string>): TextStyle {
  if (codes.size === 0) return plainStyle;
  const key = attributes.map((attribute) => codes.get(attribute) ?? '').join('/');
  let style = styles.get(key);
  if (style === undefined) {
    if (styles.size >= maxStyles) forgetStyles();
    style = { codes, next: new Map(), changes: new Map() };
    styles.set(key, style);
  }
  return style;
}

function forgetStyles(): void {
  for (const style of [plainStyle, ...styles.values()]) {
    style.next.clear();
    style.changes.clear();
  }
  styles.clear();
}

function applied(style: TextStyle, parameters: string): ReadonlyMap<Attribute, string> {
  const codes = new Map(style.codes);
  const parts = parameters.split(';');
  for (let index = 0; index < parts.length; index++) {
    const length = partsOfColor(parts, index);
    applyCode(codes, parts.slice(index, index + length).join(';'));
    index += length - 1;
  }
  return codes;
}

/** `38;5;N` and `38;2;R;G;B` are one code each. */
function partsOfColor(parts: readonly string[], index: number): number {
  if (!['38', '48', '58'].includes(parts[index]!)) return 1;
  if (parts[index + 1] === '5') return 3;
  return parts[index + 1] === '2' ? 5 : 1;
}

function applyCode(codes: Map<Attribute, string>, code: string): void {
  const number = Number.parseInt(code || '0', 10);
  if (number === 0) return codes.clear();
  const attribute = turnsOn.get(number);
  if (brokenColor.test(code)) return;
  if (attribute !== undefined && code !== '4:0') {
    codes.set(attribute, code);
    return;
  }
  for (const other of attributes) {
    if (turnsOff[other] === (code === '4:0' ? '24' : code)) codes.delete(other);
  }
}

function differences(from: TextStyle, to: TextStyle): string {
  const off = attributes.filter((attribute) => from.codes.has(attribute) && !to.codes.has(attribute));
  const offCodes = new Set(off.map((attribute) => turnsOff[attribute]));
  const on = [...to.codes].filter(
    ([attribute, code]) => from.codes.get(attribute) !== code || offCodes.has(turnsOff[attribute]),
  );
  return [...offCodes, ...on.map(([, code]) => code)].join(';');
}
