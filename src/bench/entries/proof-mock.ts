/** A process of `tokenpak bench`: the provider. Its argument is a `MockPace` in JSON. It sends its port to its parent. */
import { createMock } from '../mock.ts';
import { createRealClock } from '../proof/clock.ts';
import { createHold, type MockPace } from '../proof/mock-hold.ts';
import { announce } from './announce.ts';

const pace = JSON.parse(process.argv[2] ?? '{"delayMs":0,"stall":null}') as MockPace;
announce(createMock(createHold(pace, await createRealClock())));
