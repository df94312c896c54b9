import { ProxyError } from '../errors.ts';
import { decoded } from './clean-path.ts';

export interface Prefixes {
  readonly provider: string | null;
  readonly project: string | null;
  /** The path behind them. */
  readonly rest: string;
}

/** What stands behind `/ak/` will be an access key; until it is read, it must not be forwarded to anyone. */
const accessKey = 'ak';
const project = 'p';
const projectName = /^[\p{L}\p{N}][\p{L}\p{N} ._~@+-]{0,63}$/u;

/**
 * Takes `/PROVIDER` and `/p/PROJECT` off a clean path, in any order, each at most once.
 * @throws ProxyError `not_found` where one stands twice or a project's name is not one.
 */
export function takePrefixes(path: string, providers: ReadonlySet<string>): Prefixes {
  const taken: { provider: string | null; project: string | null; rest: string } = {
    provider: null,
    project: null,
    rest: path,
  };
  for (;;) {
    const end = taken.rest.indexOf('/', 1);
    if (end === -1) return taken;
    const segment = decoded(taken.rest.slice(1, end)) ?? '';
    if (segment === accessKey) throw new ProxyError('not_found', 'Paths under /ak/ are not available');
    if (segment === project) takeProject(taken, end);
    else if (providers.has(segment)) takeProvider(taken, segment, end);
    else return taken;
  }
}

function takeProject(taken: { project: string | null; rest: string }, end: number): void {
  const nameEnd = taken.rest.indexOf('/', end + 1);
  const name = nameEnd === -1 ? null : decoded(taken.rest.slice(end + 1, nameEnd));
  if (name === null || !projectName.test(name) || taken.project !== null) {
    throw new ProxyError(
      'not_found',
      'Expected /p/PROJECT/ once, with a name of at most 64 letters, digits and "._~@+-"',
    );
  }
  taken.project = name;
  taken.rest = taken.rest.slice(nameEnd);
}

function takeProvider(taken: { provider: string | null; rest: string }, name: string, end: number): void {
  if (taken.provider !== null) throw new ProxyError('not_found', 'The path names two providers; expected one');
  taken.provider = name;
  taken.rest = taken.rest.slice(end);
}
