import { InvalidArgumentError } from 'commander';

/** A finished request, as far as it is chosen by. */
export interface FilteredRequest {
  /** ISO 8601. */
  readonly time: string;
  readonly model: string | null;
  readonly asked_model: string | null;
  readonly session: string | null;
  readonly project: string | null;
  readonly status: number;
}

export interface RequestFilterOptions {
  readonly status?: StatusFilter;
  /** Part of a name, whatever its case; of the model that answered or the one that was asked for. */
  readonly model?: string;
  readonly session?: string;
  readonly project?: string;
  /** Unix milliseconds: when it began, at the earliest. */
  readonly since?: number;
}

export type StatusFilter = (status: number) => boolean;

/** Whether a request is one of those that the options name: all of them must hold. */
export function requestFilter(options: RequestFilterOptions): (request: FilteredRequest) => boolean {
  const { status, since } = options;
  const [model, session, project] = [options.model, options.session, options.project].map(nameFilter);
  return (request) =>
    (status?.(request.status) ?? true) &&
    (since === undefined || Date.parse(request.time) >= since) &&
    (!model || model(request.model) || model(request.asked_model)) &&
    (!session || session(request.session)) &&
    (!project || project(request.project));
}

/** Reads `429`, `5xx`, `>=400`; the status of a request whose client left before it got one is 0. */
export function statusFilterFrom(text: string): StatusFilter {
  const [, comparison = '=', digits] = /^(>=|<=|>|<)?(\d{1,3})$/u.exec(text.trim()) ?? [];
  if (digits !== undefined) return comparisons[comparison]!(Number(digits));
  const hundreds = /^([1-5])xx$/iu.exec(text.trim())?.[1];
  if (hundreds !== undefined) return (status) => Math.floor(status / 100) === Number(hundreds);
  throw new InvalidArgumentError('Expected a status such as 429, 5xx or >=400.');
}

const comparisons: Readonly<Record<string, (limit: number) => StatusFilter>> = {
  '=': (limit) => (status) => status === limit,
  '>=': (limit) => (status) => status >= limit,
  '<=': (limit) => (status) => status <= limit,
  '>': (limit) => (status) => status > limit,
  '<': (limit) => (status) => status < limit,
};

function nameFilter(part: string | undefined): ((name: string | null) => boolean) | undefined {
  if (part === undefined) return undefined;
  const wanted = part.toLowerCase();
  return (name) => name?.toLowerCase().includes(wanted) ?? false;
}
