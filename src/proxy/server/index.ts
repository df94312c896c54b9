export { Admission } from './admission.ts';
export { Door } from './door.ts';
export { createGuard } from './guard.ts';
export { bind } from './listening.ts';
export { ownAnswers } from './own-answer.ts';
export { BodyReader, declaredLength } from './request-body.ts';
export { requestIds } from './request-id.ts';
export { createListener, type Listener } from './server.ts';
export type { Sinks } from './server-parts.ts';
