import { accessKeyPrefix } from '../access-key.ts';
import { ProxyError } from '../errors.ts';
import { decoded } from './clean-path.ts';

export interface Prefixes {
  readonly provider: string | null;
  readonly project: string | null;
  /** What stands behind `/ak/`: known or not, it is forwarded to nobody. */
  readonly accessKey: string | null;
  /** The path behind them. */
  readonly rest: string;
}

const accessKey = 'ak';
const project = 'p';
const projectName = /^[\p{L}\p{N}][\p{L}\p{N} ._~@+-]{0,63}$/u;

/**
 * Takes `/PROVIDER`, `/p/PROJECT` and `/ak/KEY` off a clean path, in any order, each at most once.
 * @throws ProxyError `not_found` where one stands twice or a project's name is not one.
 */
export function takePrefixes(path: string, providers: ReadonlySet<string>): Prefixes {
  const taken: Taken = {
    provider: null,
    project: null,
    accessKey: null,
    rest: path,
  };
  for (;;) {
    const end = taken.rest.indexOf('/', 1);
    if (end === -1) return taken;
    const segment = decoded(taken.rest.slice(1, end)) ?? '';
    if (segment === accessKey) takeAccessKey(taken, end);
    else if (segment === project) takeProject(taken, end);
    else if (providers.has(segment)) takeProvider(taken, segment, end);
    else return taken;
  }
}

type Taken = { -readonly [Part in keyof Prefixes]: Prefixes[Part] };

function takeAccessKey(taken: Taken, end: number): void {
  const keyEnd = taken.rest.indexOf('/', end + 1);
  const key = keyEnd === -1 ? null : decoded(taken.rest.slice(end + 1, keyEnd));
  if (key === null || taken.accessKey !== null) throw new ProxyError('not_found', 'Expected /ak/KEY/ once');
  taken.accessKey = key;
  taken.rest = taken.rest.slice(keyEnd);
}

function takeProject(taken: Taken, end: number): void {
  const nameEnd = taken.rest.indexOf('/', end + 1);
  const name = nameEnd === -1 ? null : decoded(taken.rest.slice(end + 1, nameEnd));
  if (name === null || !projectName.test(name) || taken.project !== null || name.startsWith(accessKeyPrefix)) {
    throw new ProxyError(
      'not_found',
      'Expected /p/PROJECT/ once, with a name of at most 64 letters, digits and "._~@+-"',
    );
  }
  taken.project = name;
  taken.rest = taken.rest.slice(nameEnd);
}

function takeProvider(taken: Taken, name: string, end: number): void {
  if (taken.provider !== null) throw new ProxyError('not_found', 'The path names two providers; expected one');
  taken.provider = name;
  taken.rest = taken.rest.slice(end);
}
