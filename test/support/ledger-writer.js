// Writes requests to a ledger until it is killed, or so many of them: `node ledger-writer.js DIRECTORY SEED [COUNT]`.
// Says `ready`, then a line `ID PICODOLLARS` for each request whose end is surely written, then the health as JSON.
import { writeSync } from 'node:fs';
import { systemClock } from '../../dist/proxy/clock.js';
import { openLedger } from '../../dist/proxy/ledger/index.js';

const [directory, seed, count = 'Infinity'] = process.argv.slice(2);
const hurry = 100;
const longestLifeMs = 10_000;
const say = (line) => writeSync(1, `${line}\n`);

let state = Number(seed);
/** A whole number below the limit, the same each time for the same seed. */
function random(limit) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}

function requestNumber(number) {
  const outcome = random(10) === 0 ? 'upstream_timeout' : 'ok';
  const name = 'é"\n'.repeat(random(80));
  const marks = { received: 1, bodyRead: 2, sent: 3, providerReady: 4, replied: 5, ended: 6 };
  return {
    id: `tp_${seed}_${number}`,
    time: Date.now(),
    method: 'POST',
    path: '/v1/messages',
    caller: { address: '127.0.0.1', key: null, project: `project-${random(3)}`, session: name, agent: name },
    dialect: 'anthropic-messages',
    intent: { kind: 'generate', streamed: true, tools: false, turn: null },
    provider: 'anthropic',
    model: `model-${random(5)}`,
    askedModel: null,
    status: 200,
    // What it ends with shows when it ends.
    outcome: null,
    ending: outcome,
    errorCode: null,
    tokens: { input: random(1e6), cacheRead: random(1e6), cacheWrite: 0, cacheWrite1h: 0, output: 7, reasoning: 0 },
    cost: { picodollars: 1 + random(1e12), savedPicodollars: random(1e9), unpricedReason: null },
    exactness: 'exact',
    cache: null,
    budgets: [],
    limits: [],
    route: null,
    attempts: [{ provider: 'anthropic', status: 200, outcome, ms: 1.5 }],
    stages: [],
    marks,
    bytesIn: 0,
    bytesOut: 0,
  };
}

const ledger = await openLedger({
  directory,
  limits: { retentionDays: 90, retentionBytes: 1024 ** 3 },
  demo: false,
  // A checkpoint each 50 ms: a kill has to have the chance to fall into one.
  clock: { ...systemClock, every: (periodMs, run) => systemClock.every(periodMs / hurry, run) },
  warn: (message) => process.stderr.write(`${message}\n`),
});
say('ready');

const open = [];
let number = 0;

function endOne() {
  const record = open.splice(random(open.length), 1)[0];
  record.outcome = record.ending;
  ledger.ended(record);
  const { late } = ledger.health();
  ledger.written(() => {
    if (ledger.health().late === late) say(`${record.id} ${record.cost.picodollars}`);
  });
}

function someRequests() {
  for (let begun = random(8); begun > 0 && number < Number(count); begun--) {
    const record = requestNumber(number++);
    ledger.started(record);
    open.push(record);
  }
  const mayWait = number < Number(count) ? random(8) : 0;
  while (open.length > mayWait) endOne();
  if (open.length > 0 || number < Number(count)) setImmediate(someRequests);
  else void finish();
}

async function finish() {
  await ledger.close();
  say(JSON.stringify(ledger.health()));
  process.exit();
}

setTimeout(() => process.exit(1), longestLifeMs).unref();
someRequests();
