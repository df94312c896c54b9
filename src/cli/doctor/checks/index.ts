import type { Check } from '../check.ts';
import { clockSkew } from './clock-skew.ts';
import { configShadow } from './config-shadow.ts';
import { configUnknown } from './config-unknown.ts';
import { configValid } from './config-valid.ts';
import { diskFree } from './disk-free.ts';
import { fdLimit } from './fd-limit.ts';
import { ledgerIntegrity } from './ledger-integrity.ts';
import { ledgerWrites } from './ledger-writes.ts';
import { loopbackIpv6 } from './loopback-ipv6.ts';
import { nodeEnv } from './node-env.ts';
import { nodeVersion } from './node-version.ts';
import { npmBin } from './npm-bin.ts';
import { permDirs } from './perm-dirs.ts';
import { permLedger } from './perm-ledger.ts';
import { portFree } from './port-free.ts';
import { proxyEnv } from './proxy-env.ts';
import { registry } from './registry.ts';
import { secretsPlain } from './secrets-plain.ts';
import { terminalCheck } from './terminal.ts';
import { tlsCa } from './tls-ca.ts';
import { versionDrift } from './version-drift.ts';

/** A check, and what it is about: docs/doctor.md is made of these. */
interface CheckRow {
  readonly check: Check;
  readonly means: string;
}

const row = (check: Check, means: string): CheckRow => ({ check, means });

/** Every check but that of `--sla`, in the order of the report. */
export const checkTable: readonly CheckRow[] = [
  row(nodeVersion, 'Node.js is 20.19 or later, and if it is 20, then 20.20.2 with the last of its security fixes.'),
  row(nodeEnv, 'Neither `NODE_ENV=development` nor `DEV` is set in this shell.'),
  row(npmBin, 'The shell finds this program by its name, and no second copy of it.'),
  row(fdLimit, 'At least 1,024 files and sockets may be open, in the running proxy or in one started from here.'),
  row(clockSkew, 'The clock is within two minutes of a provider’s, as its `Date` header tells; no key is sent.'),
  row(versionDrift, 'The running proxy is of the version that is installed.'),
  row(permDirs, 'The directories for state, data and cache are the user’s, 0700, and can be written.'),
  row(permLedger, 'Ledger, access keys, budgets and log are 0600.'),
  row(diskFree, 'The disk of the ledger has 1 GB free; below 50 MB it is a failure.'),
  row(
    ledgerIntegrity,
    'Each line of the ledger has its checksum; of a large one, the newest 512 MB are read, for ten seconds at most.',
  ),
  row(ledgerWrites, 'The running proxy can write its ledger, and has lost no record.'),
  row(registry, 'The files of access keys and budgets can be read.'),
  row(configValid, 'The configuration can be read and each value means something.'),
  row(configUnknown, 'No key of the configuration file, and no `TOKENPAK_` variable, is unknown.'),
  row(configShadow, 'No variable of this shell stands over another value in the file.'),
  row(secretsPlain, 'The configuration file holds no key, and files that hold one are the user’s alone.'),
  row(portFree, 'The port is free, or held by a proxy of this user’s.'),
  row(loopbackIpv6, '`localhost` leads to the proxy: nobody else holds the same port of `::1`.'),
  row(proxyEnv, 'Where an HTTP proxy is set, `NO_PROXY` keeps it from this machine.'),
  row(tlsCa, 'Certificates are checked, and the file of `NODE_EXTRA_CA_CERTS` can be read.'),
  row(terminalCheck, 'The terminal has room for the screen, and UTF-8.'),
];
