/** A process of the benchmark: the provider. */
import { createMock } from '../mock.ts';
import { announce } from './announce.ts';

announce(createMock());
