import { accessSync, constants, lstatSync, type Stats } from 'node:fs';
import path from 'node:path';

/** Null for what is not there, or may not be looked at. A symbolic link is not followed. */
export function statusOf(place: string): Stats | null {
  try {
    return lstatSync(place);
  } catch {
    return null;
  }
}

/** The directory itself, or the nearest around it that is there. */
export function nearestDirectory(directory: string): string {
  const parent = path.dirname(directory);
  return parent === directory || statusOf(directory) !== null ? directory : nearestDirectory(parent);
}

export function canWrite(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether it is this user's; everything is where the system knows no users. */
export function isOwn({ uid }: Stats): boolean {
  return uid === (process.getuid?.() ?? uid);
}

/** `0644` */
export function modeText({ mode }: Stats): string {
  return (mode & 0o777).toString(8).padStart(4, '0');
}

/** Whether anybody but the user may do anything with it. Windows has no such modes. */
export function isOpen({ mode }: Stats): boolean {
  return process.platform !== 'win32' && (mode & 0o077) !== 0;
}
