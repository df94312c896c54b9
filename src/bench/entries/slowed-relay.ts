/** A process of the self-check: the bare relay, made worse. Its arguments are the provider's port, and how many ms it wastes on each request. */
import { createBareRelay } from '../bare-relay.ts';
import { spend } from '../selfcheck/spend.ts';
import { announce } from './announce.ts';

const [port = 0, wasteMs = 0] = process.argv.slice(2).map(Number);
const relay = createBareRelay(port);
relay.prependListener('request', () => spend(wasteMs));
announce(relay);
