import { isObject } from '../json.ts';
import type { StreamEvent } from '../stream-events.ts';

const leadingType = /^\{\s*"type"\s*:\s*"([^"\\]*)"/;

/** The type of an event: its name, or the `type` of its data where the stream names no events; '' where neither is there. */
export function eventType(event: StreamEvent): string {
  if (event.name !== '') return event.name;
  const leading = leadingType.exec(event.data);
  if (leading?.[1] !== undefined) return leading[1];
  const data = event.json();
  return isObject(data) && typeof data['type'] === 'string' ? data['type'] : '';
}
