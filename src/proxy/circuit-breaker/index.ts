export type { Transition } from './provider-circuit.ts';
export { createBreakers, type Breakers } from './breakers.ts';
export { circuitBreaker } from './stage.ts';
