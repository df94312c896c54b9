import type { HealthReport } from '../../health-lines.ts';
import { quotedForShell } from '../../shell-syntax.ts';
import type { Check } from '../check.ts';
import { fail, ok, skip, warn } from '../finding.ts';

/** Whether the running proxy can write its ledger: requests go on where it cannot. */
export const ledgerWrites: Check = {
  id: 'ledger.writes',
  group: 'install',
  run: async ({ health, proxy, paths }) => {
    if (proxy === null) return skip('no proxy runs');
    const { storage } = ((await health()) ?? {}) as Partial<HealthReport>;
    if (storage === undefined) return skip('the proxy does not answer');
    const { state, reason, dropped } = storage;
    const lost = `${dropped} ${dropped === 1 ? 'record is' : 'records are'} lost`;
    if (state !== 'ok') {
      return fail(
        `the proxy cannot write its ledger: ${reason ?? state}`,
        `Requests go on, but costs and budgets miss them; ${lost}.`,
        [`df -h ${quotedForShell(paths.dataDir)}`],
      );
    }
    if (dropped === 0) return ok('the ledger takes every record');
    return warn(`${lost} of the running proxy`, 'The disk took none for a while: costs miss those requests.');
  },
};
