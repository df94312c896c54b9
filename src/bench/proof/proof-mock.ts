/**
 * A process of `tokenpak bench`: the provider. It sends its port to its parent. Its arguments are milliseconds: how long each
 * answer takes, by default 0; and, where it is to stop now and then, how often and for how long.
 */
import { announce } from '../entries/announce.ts';
import { createMock } from '../mock.ts';
import { createRealClock } from './clock.ts';
import { createHold } from './mock-hold.ts';

const [delayMs = 0, everyMs = 0, stallMs = 0] = process.argv.slice(2).map(Number);
const stall = stallMs > 0 ? { everyMs, ms: stallMs } : null;
announce(createMock(createHold({ delayMs, stall }, await createRealClock())));
