const units = ['', 'k', 'M', 'G', 'T'];

/** 812, 1.2k, 58.1k, 84.2M: at most five characters. */
export function count(value: number): string {
  let scaled = value;
  let unit = 0;
  while (scaled >= 999.95 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  if (unit === 0) return String(Math.round(value));
  return `${scaled.toFixed(1)}${units[unit]}`;
}

/** `118 MB`, `214 GB`: powers of 1,000, as disks are sold. */
export function bytes(value: number): string {
  const names = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log10(Math.max(value, 1)) / 3), names.length - 1);
  return `${Math.round(value / 1000 ** power)} ${names[power]}`;
}

/** `$0.0356` below a dollar, `$4.18` above, `?` for a price that is not known. */
export function dollars(usd: number | null): string {
  if (usd === null) return '?';
  const sign = usd < 0 ? '-' : '';
  const amount = Math.abs(usd);
  return `${sign}$${amount.toFixed(amount === 0 || amount >= 1 ? 2 : 4)}`;
}

/** `0.7ms`, `12ms`, `1.90s`, `10.0s`, `2m05s`: how long one thing took. */
export function elapsed(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)}ms`;
  if (ms < 999.5) return `${Math.round(ms)}ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(ms < 9995 ? 2 : 1)}s`;
  return `${Math.floor(ms / 60_000)}m${twoDigits(Math.floor((ms % 60_000) / 1000))}s`;
}

/** `01:12:44`, or `3d 01:12:44`: how long a proxy has been running. */
export function uptime(seconds: number): string {
  const whole = Math.floor(seconds);
  const days = Math.floor(whole / 86_400);
  const clock = [Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60].map(twoDigits).join(':');
  return days === 0 ? clock : `${days}d ${clock}`;
}

/** `12:04:29` in the machine's time zone. */
export function timeOfDay(unixMs: number): string {
  const date = new Date(unixMs);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':');
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
