import { tokenHeaders } from '../tui/event-stream.ts';

export interface ProxyAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface AskOptions {
  readonly timeoutMs: number;
  /** For an exposed proxy. */
  readonly token?: string | null | undefined;
}

/** Asks one of a proxy's own endpoints. Null when nobody answers in time, or with something that is no JSON object. */
export async function askProxy(url: string, { timeoutMs, token }: AskOptions): Promise<ProxyAnswer | null> {
  try {
    const response = await fetch(url, {
      headers: tokenHeaders(token ?? null),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null
      ? { status: response.status, body: body as ProxyAnswer['body'] }
      : null;
  } catch {
    return null;
  }
}
