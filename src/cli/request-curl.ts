import type { Subject } from '../tui/index.ts';
import { plainText } from '../tui/plain-text.ts';
import { quotedForShell } from './shell-syntax.ts';

/** Curl sets these itself. */
const ofConnection: ReadonlySet<string> = new Set(['host', 'content-length', 'connection', 'transfer-encoding']);

/** A request as a curl command: its headers as far as they are told, without secrets; of its body only a place for it. */
export function requestCurl(baseUrl: string, { row, trace }: Subject): string {
  if (trace === null) return `# the proxy keeps no trace of ${oneLine(row?.id ?? 'the request')} any more`;
  const headers = (trace.headers?.request ?? []).filter(([name]) => !ofConnection.has(name.toLowerCase()));
  const hasBody = trace.method !== 'GET' && trace.method !== 'HEAD';
  const parts = [
    // Without -g, curl takes brackets for several requests.
    `curl -g -X ${shell(trace.method)} ${shell(baseUrl + trace.path)}`,
    ...headers.map(([name, value]) => `-H ${shell(`${name}: ${value}`)}`),
    ...(hasBody ? ['--data-binary @body.json'] : []),
  ];
  return parts.join(' \\\n  ');
}

function shell(text: string): string {
  return quotedForShell(oneLine(text));
}

function oneLine(text: string): string {
  return plainText(text).replace(/[\t\r\n]/gu, ' ');
}
