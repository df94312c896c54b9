import type { Dialect } from '../dialect.ts';
import type { JsonObject } from '../json.ts';
import type { IntentKind, RequestRecord } from '../record.ts';
import { boundedName, requestJson } from '../request-json.ts';
import { isDemo } from './contribution.ts';
import { usageNumbersJson } from './evidence.ts';
import { chargesFrom, factsOfHeld, heldMember } from '../spending.ts';
import { whyMember } from './why.ts';

/** What a line says of a request that has begun: enough to account for it, should it never end. */
export function startMembers(record: RequestRecord): string {
  const { id, time, caller, dialect, intent, provider, model, marks } = record;
  return (
    `"id":"${id}","time":${time},"mono":${marks.received},"provider":${name(provider)},"model":${name(model)}` +
    `,"dialect":${name(dialect)},"project":${name(caller.project)},"intent":"${intent.kind}","stream":${intent.streamed}` +
    heldMember(record)
  );
}

/** What a line says of a request that has ended. */
export function endMembers(record: RequestRecord, json = requestJson(record)): string {
  const { cost, errorCode, marks, evidence } = record;
  const saved = cost.savedPicodollars === null ? null : `"${cost.savedPicodollars}"`;
  return (
    `"mono":${marks.ended}${isDemo(record) ? ',"demo":true' : ''},"error":${name(errorCode)},"saved":${saved}` +
    // With the provider's own numbers, so that it can be priced again.
    `${evidence ? `,"usage":${usageNumbersJson(evidence.usage)}` : ''}${whyMember(record)},"request":${json}`
  );
}

/** What a line says of a request that is better known than when it ended: what the line before said, and what it should. */
export function correctionMembers(earlier: string, members: string): string {
  return `"was":{${earlier}},${members}`;
}

/** What a line says of a request that a run began and, having crashed, never ended. */
export function crashMembers(runKey: string, start: JsonObject): { members: string; record: RequestRecord } | null {
  const record = crashedRecord(start);
  return record && { members: `"of":"${runKey}",${endMembers(record)}`, record };
}

function crashedRecord(start: JsonObject): RequestRecord | null {
  const { id, time, stream } = start;
  if (typeof id !== 'string' || typeof time !== 'number') return null;
  return {
    id,
    time,
    method: '',
    path: '',
    caller: { address: '', key: null, project: text(start['project']), session: null, agent: null },
    dialect: text(start['dialect']) as Dialect | null,
    intent: {
      kind: (text(start['intent']) ?? 'other') as IntentKind,
      streamed: stream === true,
      tools: false,
      turn: null,
    },
    provider: text(start['provider']),
    model: text(start['model']),
    askedModel: text(start['model']),
    status: 0,
    outcome: 'crash_unknown',
    errorCode: null,
    tokens: null,
    cost: { picodollars: null, savedPicodollars: null, unpricedReason: 'crash_unknown' },
    exactness: 'partial',
    cache: null,
    attempts: [],
    route: null,
    limits: [],
    budgets: factsOfHeld(chargesFrom(start['held'])),
    warning: null,
    stages: [],
    marks: { received: 0, bodyRead: 0, sent: 0, providerReady: 0, replied: 0, ended: 0 },
    bytesIn: 0,
    bytesOut: 0,
  };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A start line is written for every request: names without anything to escape are the rule. */
function name(value: string | null): string {
  if (value === null) return 'null';
  return /^[\w./:@ -]*$/.test(value) && value.length < 256 ? `"${value}"` : JSON.stringify(boundedName(value));
}
