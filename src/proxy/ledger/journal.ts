import { Bag } from '../bag.ts';
import type { RecordSink, RequestRecord } from '../record.ts';
import { type Adjustment, adjustmentMembers } from '../spending.ts';
import { contributionOf } from './contribution.ts';
import type { Seal } from './batches.ts';
import { type LineType, formatLine, openLine, sealLine } from './line.ts';
import { correctionMembers, crashMembers, endMembers, startMembers } from './members.ts';
import type { Crash } from './recovery.ts';
import type { Tally } from './tally.ts';

export interface Journal {
  readonly started: RecordSink;
  /** @param json of the record, for who has rendered it already */
  readonly ended: (record: RequestRecord, json?: string) => void;
  /** A request that has ended is better known now than `earlier`, unless that was exact. */
  readonly corrected: (record: RequestRecord, earlier: RequestRecord) => void;
  /** A user, or the beginning of a budget, changes an account. */
  readonly adjusted: (adjustment: Adjustment) => void;
  /** Requests that have begun and not ended. */
  readonly open: () => number;
  /** Of these, the streams. */
  readonly streams: () => number;
  /** A request of a run that is over never ended. */
  readonly crashed: (crash: Crash) => void;
}

export interface JournalOptions {
  readonly ownKey: string;
  readonly tally: Tally;
  readonly append: (line: string, seal: Seal) => void;
}

/** Turns what happens to requests into lines and counts them, both at once and without waiting. */
export function createJournal({ ownKey, tally, append }: JournalOptions): Journal {
  const own = tally.runOf(ownKey);
  const open = new Bag<RequestRecord>();
  let streams = 0;
  own.live = () => [...open].map((record) => formatLine(0, 'start', startMembers(record)));

  function write(type: LineType, members: string): void {
    append(openLine(++own.seq, type, members), sealLine);
  }

  return {
    started(record) {
      // Its client may have left before it got this far: then its end is told already, and no other will come.
      if (record.outcome !== null) return;
      write('start', startMembers(record));
      tally.version++;
      open.add(record);
      if (record.intent.streamed) streams++;
    },
    ended(record, json) {
      write('end', endMembers(record, json));
      if (open.delete(record) && record.intent.streamed) streams--;
      tally.ended(own, record.id, contributionOf(record));
    },
    corrected(record, earlier) {
      if (earlier.exactness === 'exact' || earlier.exactness === 'subscription') return;
      write('correction', correctionMembers(endMembers(earlier), endMembers(record)));
      tally.corrected(contributionOf(earlier), contributionOf(record));
    },
    adjusted(adjustment) {
      write('budget', adjustmentMembers(adjustment));
      tally.adjusted(adjustment);
    },
    open: () => open.size,
    streams: () => streams,
    crashed({ runKey, start }) {
      const crash = crashMembers(runKey, start);
      if (!crash) return;
      write('end', crash.members);
      tally.ended(tally.runOf(runKey), crash.record.id, contributionOf(crash.record));
    },
  };
}
