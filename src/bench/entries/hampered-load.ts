/** A process of the self-check: the load of `tokenpak bench`, kept busy with something else now and then, so that it sends late. */
import '../proof/proof-load.ts';
import { spend } from '../selfcheck/spend.ts';

const everyMs = 200;
const busyMs = 30;

setInterval(() => spend(busyMs), everyMs);
