import { readFileSync } from 'node:fs';
import type { Check, Finding } from '../check.ts';
import { ok, skip, warn } from '../finding.ts';

const enough = 1024;

/** How many files and sockets the proxy may have open: that of the one that runs, else what one would have. */
export const fdLimit: Check = {
  id: 'fd.limit',
  group: 'runtime',
  run: ({ proxy }) => {
    const running = proxy === null ? null : limitOfProcess(proxy.file.pid);
    if (running !== null) return limitFinding(running, `tokenpak restart --port ${proxy?.file.port}`);
    return limitFinding(limitOfProcess('self') ?? limitOfReport(), null);
  },
};

/** @param restart what a running proxy needs besides */
export function limitFinding(limit: number | null, restart: string | null): Finding {
  if (limit === null) return skip('the limit of open files is not known here');
  if (limit >= enough) return ok(`${limit === Infinity ? 'any number of' : limit} open files`);
  return warn(
    `only ${limit} files may be open${restart === null ? '' : ' in the running proxy'}`,
    'Every request in flight holds two connections: beyond the limit, new ones are not accepted. Where the shell may not raise it, limits.conf or the service manager must.',
    [`ulimit -n 8192${restart === null ? '' : ` && ${restart}`}`],
  );
}

/** As proc_pid_limits(5) has it: soft, then hard. Null where there is no such file, or it is another user's. */
function limitOfProcess(pid: number | 'self'): number | null {
  try {
    const limits = readFileSync(`/proc/${pid}/limits`, 'utf8');
    return limitFrom(/^Max open files\s+(\S+)/mu.exec(limits)?.[1]);
  } catch {
    return null;
  }
}

/** As Node.js tells it: https://nodejs.org/api/report.html. */
function limitOfReport(): number | null {
  // Without this, it looks up the names of all peers.
  Object.assign(process.report, { excludeNetwork: true });
  const { userLimits } = process.report.getReport() as {
    readonly userLimits?: { readonly open_files?: { readonly soft?: number | string } };
  };
  return limitFrom(userLimits?.open_files?.soft);
}

function limitFrom(text: number | string | undefined): number | null {
  if (text === undefined) return null;
  return text === 'unlimited' ? Infinity : Number(text);
}
