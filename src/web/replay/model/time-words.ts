/** Time since the start: 4:23.0, or 1:04:23.0. */
export function sinceStart(ms: number, digits = 1): string {
  const seconds = Math.max(0, ms) / 1000;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const scale = 10 ** digits;
  const rest = (Math.floor((seconds % 60) * scale) / scale)
    .toFixed(digits)
    .padStart(digits ? 3 + digits : 2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** A span of time: 350 ms, 6.4 s, 3 min 12 s, 2 h 5 min, 3 d 4 h. */
export function span(ms: number): string {
  if (ms < 950) return `${Math.round(ms)} ms`;
  if (ms < 59_500) return `${(ms / 1000).toFixed(ms < 9950 ? 1 : 0)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return twoUnits(seconds, 60, 'min', 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return twoUnits(minutes, 60, 'h', 'min');
  return twoUnits(Math.round(minutes / 60), 24, 'd', 'h');
}

function twoUnits(small: number, size: number, bigName: string, smallName: string): string {
  const rest = small % size;
  return `${Math.floor(small / size)} ${bigName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}

/** Clock times in the zone of the machine that made the page. */
export class Clock {
  readonly zone: string;
  readonly #format: Intl.DateTimeFormat;

  constructor(zone: string) {
    const options = {
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    } as const;
    let format: Intl.DateTimeFormat;
    try {
      format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
    } catch {
      format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
    }
    this.#format = format;
    this.zone = format.resolvedOptions().timeZone;
  }

  /** 14:06:23; `short`: 14:06. */
  time(ms: number, short = false): string {
    const { hour, minute, second } = this.#parts(ms);
    return short ? `${hour}:${minute}` : `${hour}:${minute}:${second}`;
  }

  day(ms: number): string {
    const { year, month, day } = this.#parts(ms);
    return `${year}-${month}-${day}`;
  }

  #parts(ms: number): Record<string, string> {
    return Object.fromEntries(this.#format.formatToParts(ms).map(({ type, value }) => [type, value]));
  }
}
