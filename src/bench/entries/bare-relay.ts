/** A process of the benchmark: the bare relay. Its argument is the provider's port. */
import { createBareRelay } from '../bare-relay.ts';
import { announce } from './announce.ts';

announce(createBareRelay(Number(process.argv[2])));
