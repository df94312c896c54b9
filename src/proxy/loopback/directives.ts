import { BadRequest } from './request.ts';

interface Directive {
  /** `nothing` is a switch; `text` cannot stand in a model's name, since values may hold dashes. */
  readonly takes: 'nothing' | 'number' | 'text';
  /** `reply` changes what is said; `delivery` how its bytes reach the client, or that they do not. */
  readonly changes: 'reply' | 'delivery';
  /** The value where a model's name or the header gives none. */
  readonly alone?: number;
  /** Larger numbers are refused, so that a request cannot ask for all of the memory. */
  readonly max?: number;
  readonly says: string;
}

/** Everything that a request can ask of the loopback provider, in the order in which the help shows it. */
export const directiveTable = {
  tokens: { takes: 'number', changes: 'reply', max: 200_000, says: 'output tokens in all; one stream event each' },
  thinking: { takes: 'number', changes: 'reply', alone: 8, max: 200_000, says: 'how many of them are thinking' },
  size: { takes: 'number', changes: 'reply', max: 64 * 1024 * 1024, says: 'bytes of text in the answer' },
  in: { takes: 'number', changes: 'reply', says: 'fresh input tokens; else a quarter of the body in bytes' },
  cache: { takes: 'nothing', changes: 'reply', says: '1,024 tokens read from the cache and 256 written to it' },
  cacheread: { takes: 'number', changes: 'reply', says: 'tokens read from the cache' },
  cachewrite: { takes: 'number', changes: 'reply', says: 'tokens written with the short lifetime; Gemini knows none' },
  cachewrite1h: {
    takes: 'number',
    changes: 'reply',
    says: 'tokens written with the long lifetime, besides cachewrite',
  },
  tool: { takes: 'number', changes: 'reply', alone: 1, max: 64, says: 'calls so many of the offered tools' },
  tools: { takes: 'number', changes: 'reply', alone: 2, max: 64, says: 'the same; two of them where no number stands' },
  model: { takes: 'text', changes: 'reply', says: 'the model that the reply names' },
  tier: { takes: 'text', changes: 'reply', says: 'the service tier that the reply names' },
  speed: { takes: 'text', changes: 'reply', says: "the speed that Anthropic's usage names" },
  geo: { takes: 'text', changes: 'reply', says: "the inference geography that Anthropic's usage names" },
  nousage: { takes: 'nothing', changes: 'reply', says: 'leaves the usage out' },
  status: {
    takes: 'number',
    changes: 'reply',
    alone: 500,
    max: 599,
    says: "answers with this error, in the dialect's body",
  },
  retryafter: { takes: 'number', changes: 'reply', says: 'seconds, in a Retry-After header' },
  html: { takes: 'nothing', changes: 'reply', says: 'an HTML page in place of the body' },
  delay: { takes: 'number', changes: 'delivery', max: 3_600_000, says: 'milliseconds before the first byte' },
  tps: { takes: 'number', changes: 'delivery', says: 'stream events a second; 0 for all at once' },
  trickle: { takes: 'number', changes: 'delivery', alone: 0, says: 'one byte a chunk, so many milliseconds apart' },
  gzip: { takes: 'nothing', changes: 'delivery', says: 'compresses the body, whether asked to or not' },
  'reset-before': { takes: 'nothing', changes: 'delivery', says: 'resets the connection before the head' },
  'reset-after': { takes: 'nothing', changes: 'delivery', says: 'resets it behind the head' },
  'close-before': { takes: 'nothing', changes: 'delivery', says: 'closes the connection before the head' },
  stall: { takes: 'nothing', changes: 'delivery', says: 'never answers' },
  'stall-mid': { takes: 'nothing', changes: 'delivery', says: 'falls silent half-way' },
  cut: { takes: 'number', changes: 'delivery', alone: 3, says: 'resets the connection behind so many events' },
  end: { takes: 'number', changes: 'delivery', alone: 3, says: 'ends cleanly behind so many events' },
  noterminal: { takes: 'nothing', changes: 'delivery', says: "ends cleanly without the stream's terminal event" },
  badchunk: { takes: 'nothing', changes: 'delivery', says: 'the event in the middle is not JSON' },
  errorevent: { takes: 'number', changes: 'delivery', alone: 3, says: 'an error event behind so many events' },
  short: { takes: 'nothing', changes: 'delivery', says: 'a Content-Length of half the body' },
  long: { takes: 'nothing', changes: 'delivery', says: 'a Content-Length beyond the body, which then ends' },
} as const satisfies Record<string, Directive>;

type DirectiveName = keyof typeof directiveTable;
type ValueOf<Takes> = Takes extends 'text' ? string : Takes extends 'number' ? number : true;

/** What one request asked for. */
export type Directives = { readonly [Name in DirectiveName]?: ValueOf<(typeof directiveTable)[Name]['takes']> };

const table: Readonly<Record<string, Directive>> = directiveTable;
const names = Object.keys(table);
const largestNumber = 1e12;

type DirectiveValue = ValueOf<Directive['takes']>;

/** How a value is read, by what its directive takes; undefined where it does not fit. */
const readers: Readonly<
  Record<Directive['takes'], (value: string, directive: Directive) => DirectiveValue | undefined>
> = {
  nothing: (value) => (value === '' ? true : undefined),
  text: (value) => (value === '' ? undefined : value),
  number: readNumber,
};

/**
 * The directives in a model's name: words behind `loopback`, joined by dashes (`status529` or `status-529`). Other words
 * mean nothing and are legal.
 */
export function directivesOfModel(model: string): Directives {
  if (!model.startsWith('loopback-')) return {};
  const found: Record<string, unknown> = {};
  const words = model.split('-').slice(1);
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (take(found, `${word}-${words[index + 1]}`)) index++;
    else take(found, word);
  }
  return found;
}

/**
 * The directives of an `x-loopback` header: `key=value; key=value`, or words as in a model's name (`cut4; stall`).
 * @throws BadRequest where the header does not fit the vocabulary.
 */
export function directivesOfHeader(header: string): Directives {
  const found: Record<string, unknown> = {};
  for (const pair of header.split(';')) {
    const word = pair.trim();
    if (word === '' || take(found, word)) continue;
    const [name = '', ...value] = word.split('=');
    set(found, name.trim(), value.join('=').trim());
  }
  return found;
}

/** Whether the reply's bytes are paced, spoilt or cut on their way. */
export function changesDelivery(directives: Directives): boolean {
  for (const name in directives) if (table[name]?.changes === 'delivery') return true;
  return false;
}

/** The vocabulary as aligned lines, for the server's start page and for the command line's help. */
export function directiveHelp(): string {
  const rows = Object.entries(table).map(([name, { takes, says, alone }]) => {
    const value = { nothing: '', number: '<N>', text: '=TEXT' }[takes];
    return `${(name + value).padEnd(18)}${says}${alone === undefined ? '' : ` (${alone} where none is given)`}`;
  });
  return rows.join('\n');
}

function take(found: Record<string, unknown>, word: string): boolean {
  const name = names.find(
    (candidate) => word.startsWith(candidate) && /^(?:-?\d+)?$/.test(word.slice(candidate.length)),
  );
  if (name === undefined || table[name]?.takes === 'text') return false;
  try {
    set(found, name, word.slice(name.length).replace('-', ''));
    return true;
  } catch {
    return false;
  }
}

function set(found: Record<string, unknown>, name: string, value: string): void {
  const directive = table[name];
  if (directive === undefined) throw new BadRequest(`x-loopback knows no "${name}"; it knows ${names.join(', ')}`);
  found[name] = valueOf(name, directive, value);
}

function valueOf(name: string, directive: Directive, value: string): DirectiveValue {
  const { takes, max = largestNumber } = directive;
  const read = readers[takes](value, directive);
  if (read !== undefined) return read;
  throw new BadRequest(
    `x-loopback: ${name} takes ${takes}${takes === 'number' ? ` up to ${max}` : ''}, not "${value}"`,
  );
}

function readNumber(value: string, { alone, max = largestNumber }: Directive): number | undefined {
  if (value === '') return alone;
  return /^\d+$/.test(value) && Number(value) <= max ? Number(value) : undefined;
}
