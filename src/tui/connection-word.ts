import type { Style } from './cells.ts';
import { uptime } from './format.ts';
import type { DashboardState } from './state.ts';

/** A proxy that has been gone for longer is not expected back by itself. */
const lostMs = 10_000;

/** How the proxy is, in a word, and since when: `UP 01:12:44`, `LOST 00:00:04`, `DOWN 00:02:10`. */
export function connectionWord({ connection, health, now }: DashboardState): readonly [text: string, style: Style] {
  if (connection.state === 'connecting') return ['CONNECTING', 'warn'];
  if (connection.state === 'lost') {
    const goneMs = Math.max(now - connection.since, 0);
    return [`${goneMs < lostMs ? 'LOST' : 'DOWN'} ${uptime(goneMs / 1000)}`, 'bad'];
  }
  if (health === null) return ['UP', 'good'];
  const [word, style] = healthWord(health);
  return [`${word} ${uptime(health.uptime_seconds)}`, style];
}

function healthWord({ status, shedding }: NonNullable<DashboardState['health']>): readonly [string, Style] {
  if (status === 'draining') return ['DRAINING', 'warn'];
  if (shedding !== null) return ['SHEDDING', 'bad'];
  return status === 'degraded' ? ['DEGRADED', 'warn'] : ['UP', 'good'];
}
