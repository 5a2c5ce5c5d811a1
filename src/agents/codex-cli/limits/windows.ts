import { kindOfMinutes, usageWindow } from '../../contract/limits/reading.ts';
import type { UsageWindow } from '../../contract/limits/sample.ts';
import { instant, type Json, number, percent, record } from '../../contract/limits/values.ts';

/** The fields of a window: Codex has named them otherwise in each of its answers. */
export interface Names {
  minutes?: string;
  seconds?: string;
  used: string;
  resets: string;
  /** Seconds until the reset, which some versions give in its place. */
  resetsIn: string;
}

interface WindowsAbout extends Pick<UsageWindow, 'confidence'> {
  scope: string | null;
  models?: readonly string[] | undefined;
  /** When the figures were taken; null if that is not known. */
  taken: Date | null;
}

/**
 * The windows of Codex's two slots, `primary` and `secondary`. Weekly-only plans put the week into `primary`: the
 * duration says what a window is, never its slot.
 */
export function codexWindows(
  slots: readonly unknown[],
  names: Names,
  { taken, ...about }: WindowsAbout,
): UsageWindow[] {
  return slots.flatMap((slot) => {
    const window = record(slot);
    if (!window) return [];
    const minutes = minutesOf(window, names);
    const used = percent(window[names.used]);
    const resets = instant(window[names.resets]) ?? ahead(window[names.resetsIn], taken);
    return [usageWindow({ kind: kindOfMinutes(minutes), used, minutes, resets, ...about })];
  });
}

/** So many seconds after the figures were taken. */
function ahead(seconds: unknown, taken: Date | null): string | null {
  const value = number(seconds);
  return value === null || value < 0 || taken === null ? null : instant(taken.getTime() + value * 1000);
}

function minutesOf(window: Json, { minutes, seconds }: Names): number | null {
  if (seconds === undefined) return number(window[minutes ?? '']);
  const long = number(window[seconds]);
  return long === null ? null : long / 60;
}
