import { circuitLines, type CircuitReports } from './circuit-lines.ts';
import { bytes, elapsed, uptime } from '../tui/format.ts';
import { plainText } from '../tui/plain-text.ts';

/** `/health`, as far as it is shown; what only a deep answer has may be absent. */
export interface HealthReport {
  readonly status: string;
  readonly version: string;
  readonly uptime_seconds: number;
  readonly in_flight_requests: number;
  readonly requests_total: number;
  readonly errors_total: number;
  readonly storage: { readonly state: string; readonly reason: string | null; readonly dropped: number };
  readonly circuit_breakers: CircuitReports;
  readonly memory?: { readonly rss_bytes: number; readonly heap_used_bytes: number; readonly heap_total_bytes: number };
  readonly disk?: { readonly free_bytes: number } | null;
  readonly event_loop?: { readonly p99_ms: number; readonly max_ms: number };
  readonly providers?: Readonly<Record<string, ProviderReach>>;
}

interface ProviderReach {
  readonly reachable: boolean;
  readonly connect_ms: number | null;
  readonly error: string | null;
  readonly age_seconds: number;
}

/** How a proxy is, for people: one line, and one for each thing that a deep answer adds. */
export function healthLines(baseUrl: string, report: HealthReport): string[] {
  const { memory, disk, event_loop: loop, providers = {}, storage } = report;
  const row = (name: string, text: string): string => `  ${plainText(name).padEnd(11)} ${plainText(text)}`;
  const lines = [
    `${plainText(report.status).padEnd(8)} ${baseUrl}  up ${uptime(report.uptime_seconds)}  v${plainText(report.version)}`,
    row('requests', `${report.requests_total}, errors ${report.errors_total}, in flight ${report.in_flight_requests}`),
  ];
  if (storage.state !== 'ok')
    lines.push(row('ledger', `${storage.state}: ${storage.reason ?? '?'}, ${storage.dropped} records lost`));
  lines.push(...circuitLines(report.circuit_breakers).map((line) => `  ${line}`));
  if (memory)
    lines.push(
      row(
        'memory',
        `${bytes(memory.rss_bytes)} rss, heap ${bytes(memory.heap_used_bytes)} of ${bytes(memory.heap_total_bytes)}`,
      ),
    );
  if (disk) lines.push(row('disk', `${bytes(disk.free_bytes)} free`));
  if (loop) lines.push(row('loop lag', `p99 ${elapsed(loop.p99_ms)}, max ${elapsed(loop.max_ms)}`));
  for (const [name, provider] of Object.entries(providers)) lines.push(row(name, reachText(provider)));
  return lines;
}

function reachText({ reachable, connect_ms: ms, error, age_seconds: age }: ProviderReach): string {
  const seen = age > 0 ? `, ${age} s ago` : '';
  if (!reachable) return `not reached: ${error ?? '?'}${seen}`;
  return `connects${ms === null ? '' : ` in ${elapsed(ms)}`} (no key used)${seen}`;
}
