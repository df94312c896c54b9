import type { ChalkInstance } from 'chalk';
import { type EndedRequest, requestLine } from './request-line.ts';
import { startOfDay } from './since.ts';

/**
 * Gives the line of each request, oldest first. From the first that is not of today on, all of them tell the day: so the
 * columns stay under each other.
 *
 * @param now Unix milliseconds
 */
export function logLines(color: ChalkInstance, now: () => number): (request: EndedRequest) => string {
  let hasDays = false;
  return (request) => {
    const time = new Date(request.time).getTime();
    hasDays ||= time < startOfDay(now());
    const line = requestLine(request, color);
    return hasDays ? `${color.dim(localDay(time))} ${line}` : line;
  };
}

function localDay(time: number): string {
  const date = new Date(time);
  const parts = [date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0'));
  return [date.getFullYear(), ...parts].join('-');
}
