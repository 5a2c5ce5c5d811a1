/** A time of another machine's log by the clock of this one. */
export const shifted = (instant: string, ms: number): string =>
  ms === 0 ? instant : new Date(Date.parse(instant) + ms).toISOString();

export const shiftedOrNull = (instant: string | null, ms: number): string | null =>
  instant === null ? null : shifted(instant, ms);
