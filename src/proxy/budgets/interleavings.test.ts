import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetHome, request, rule, target } from '../../../test/support/budgets.ts';
import { ProxyError } from '../errors.ts';
import type { Call } from '../exchange.ts';
import { type Charge, chargesFrom, chargesOf, heldMember } from '../spending.ts';
import { Reservation } from './reservation.ts';

const limit = 1000;
const rules = [rule({ amount: limit })];
const dayMs = 24 * 60 * 60 * 1000;

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('admit' as const), need: fc.integer({ min: 2, max: 400 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('settle' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('undo' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('time' as const), ms: fc.integer({ min: -2 * dayMs, max: 2 * dayMs }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('save', 'crash', 'reset', 'allow') }) },
);

interface OnItsWay {
  readonly call: Call;
  readonly reservation: Reservation;
  readonly undo: () => void;
}

/** A budget of one subject, the slow way: what was spent and granted in the latest day that was ever seen. */
class Model {
  day = '';
  spent = 0;
  granted = 0;

  charge(day: string, amount: number): void {
    this.enter(day);
    if (this.day === day) this.spent += amount;
  }

  enter(day: string): void {
    if (day > this.day) this.begin(day);
  }

  begin(day: string): void {
    this.day = day;
    this.spent = this.granted = 0;
  }
}

const dayOf = (ms: number): string => {
  const date = new Date(ms);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
};

/** What a crash leaves of a request: its line. */
function heldIn({ call }: OnItsWay): Charge[] {
  const { held } = JSON.parse(`{"type":"start"${heldMember(call.record)}}`) as { held?: unknown };
  return chargesFrom(held);
}

describe('a hard budget, whatever happens in whatever order', () => {
  it('is never exceeded, gives back all that it held, and counts what a slow model counts', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const home = budgetHome(rules);
        let model = new Model();
        // What a later run knows: all but the days that no line tells of.
        let written = new Model();
        let onTheirWay: OnItsWay[] = [];
        // What was held by right of a grant goes on when a reset takes the grant away.
        let withdrawn = 0;
        const account = () => [...home.accounts.books][0]?.find('all');
        const charge = ({ call }: OnItsWay, charges = chargesOf(call.record)): void => {
          for (const { window, amount } of charges) {
            model.charge(window, amount);
            written.charge(window, amount);
          }
          home.charge(charges);
        };
        const settle = (one: OnItsWay, share: number): void => {
          const { record } = one.call;
          const reserved = record.budgets[0]?.reserved ?? 0;
          Object.assign(record, {
            ...{
              outcome: 'ok',
              tokens: null,
              attempts: [{ provider: 'anthropic', status: 200, outcome: 'ok', ms: 1 }],
            },
            cost: { picodollars: Math.floor(reserved * share), savedPicodollars: 0, unpricedReason: null },
          });
          one.reservation.settle(record);
          charge(one);
        };
        const admit = (need: number): void => {
          const call = request(need / 2, { maxTokens: Math.ceil(need - Math.floor(need / 2)) });
          const parts = { ...home.budgets.reservationParts, priceOf: () => ({ input: 1, output: 1 }) };
          const reservation = new Reservation(call, home.budgets.rulesFor(null), parts);
          model.enter(dayOf(home.clock.wall()));
          try {
            onTheirWay.push({ call, reservation, undo: reservation.take(target, null) });
          } catch (refused) {
            if (!(refused instanceof ProxyError)) throw refused;
          }
        };
        const adjust = (kind: 'budget-reset' | 'budget-allow'): void => {
          const today = dayOf(home.clock.wall());
          if (kind === 'budget-reset') withdrawn = Math.max(withdrawn, account()?.granted ?? 0);
          const isHeldAhead = (account()?.reserved ?? 0) > 0 && model.day > today;
          for (const one of [model, written]) {
            // Where the clock has gone back, what is allowed goes to the day that the account is in.
            if (kind === 'budget-reset') one.begin(isHeldAhead ? model.day : today);
            else one.enter(model.day > today ? model.day : today);
            if (kind === 'budget-allow') one.granted += 500;
          }
          const wanted = { name: 'day', subject: null };
          const once = 500 / 1e12;
          void home.budgets.change(kind === 'budget-reset' ? { kind, ...wanted } : { kind, ...wanted, once });
        };
        for (const taken of steps) {
          const [next] = onTheirWay;
          if (taken.do === 'admit') admit(taken.need);
          else if (taken.do === 'time') home.clock.setWall(home.clock.wall() + taken.ms);
          else if (taken.do === 'save') {
            home.save();
            written = Object.assign(new Model(), model);
          } else if (taken.do === 'reset') adjust('budget-reset');
          else if (taken.do === 'allow') adjust('budget-allow');
          else if (taken.do === 'crash') {
            for (const one of onTheirWay) charge(one, heldIn(one));
            onTheirWay = [];
            model = Object.assign(new Model(), written);
            home.restart(rules);
          } else if (next) {
            onTheirWay = onTheirWay.slice(1);
            if (taken.do === 'settle') settle(next, taken.share);
            else {
              next.undo();
              Object.assign(next.call.record, { attempts: [] });
              next.reservation.settle(next.call.record);
              if (chargesOf(next.call.record).length > 0) throw new Error('charged, though nothing came of it');
            }
          }
          const { spent = 0, granted = 0, reserved = 0, window = model.day } = account() ?? {};
          expect(spent + reserved).toBeLessThanOrEqual(limit + granted + withdrawn);
          if (spent + reserved === 0) withdrawn = 0;
          expect(reserved).toBeGreaterThanOrEqual(0);
          expect({ spent, granted, window }).toEqual({ spent: model.spent, granted: model.granted, window: model.day });
        }
        for (const one of onTheirWay) settle(one, 1);
        expect(account()?.reserved ?? 0).toBe(0);
        expect(account()?.spent ?? 0).toBe(model.spent);
      }),
      { numRuns: 400 },
    );
  });
});
