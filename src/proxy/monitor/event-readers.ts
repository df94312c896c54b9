import { ProxyError } from '../errors.ts';

/** What a reader may leave unread before it is dropped. */
const maxUnreadBytes = 1024 * 1024;
const maxReaders = 32;

/** Somebody who reads the events; how the text reaches them is not known here. */
export interface EventReader {
  readonly write: (text: string) => void;
  /** Bytes that were written and not taken yet. */
  readonly unreadBytes: () => number;
  readonly close: () => void;
}

export interface EventReaders {
  readonly count: () => number;
  /** Throws a `ProxyError` when there are too many. */
  readonly add: (reader: EventReader) => void;
  /** Closes a reader; twice is harmless. */
  readonly drop: (reader: EventReader) => void;
  /** Writes to all, and drops those that do not keep up. */
  readonly send: (text: string) => void;
  readonly dropAll: () => void;
}

/** Those who read the events. @param onNone runs whenever the last of them is gone */
export function createEventReaders(onNone: () => void): EventReaders {
  const readers = new Set<EventReader>();
  function drop(reader: EventReader): void {
    if (!readers.delete(reader)) return;
    reader.close();
    if (readers.size === 0) onNone();
  }
  return {
    count: () => readers.size,
    add(reader) {
      if (readers.size >= maxReaders) throw new ProxyError('overloaded', `/events has ${maxReaders} readers at most`);
      readers.add(reader);
    },
    drop,
    send(text) {
      for (const reader of readers) {
        reader.write(text);
        if (reader.unreadBytes() > maxUnreadBytes) drop(reader);
      }
    },
    dropAll() {
      for (const reader of readers) drop(reader);
    },
  };
}
