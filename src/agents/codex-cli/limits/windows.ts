import { kindOfMinutes, usageWindow } from '../../contract/limits/reading.ts';
import type { UsageWindow } from '../../contract/limits/sample.ts';
import { type Json, number, percent, record } from '../../contract/limits/values.ts';

/** The fields of a window: Codex has named them otherwise in each of its answers. */
export interface Names {
  minutes?: string;
  seconds?: string;
  used: string;
  resets: string;
}

/**
 * The windows of Codex's two slots, `primary` and `secondary`. Weekly-only plans put the week into `primary`: the
 * duration says what a window is, never its slot.
 */
export function codexWindows(
  slots: readonly unknown[],
  names: Names,
  about: Pick<UsageWindow, 'confidence'> & { scope: string | null; models?: readonly string[] | undefined },
): UsageWindow[] {
  return slots.flatMap((slot) => {
    const window = record(slot);
    if (!window) return [];
    const minutes = minutesOf(window, names);
    const used = percent(window[names.used]);
    return [
      usageWindow({ kind: kindOfMinutes(minutes), used, minutes, resets: window[names.resets], ...about }),
    ];
  });
}

function minutesOf(window: Json, { minutes, seconds }: Names): number | null {
  if (seconds === undefined) return number(window[minutes ?? '']);
  const long = number(window[seconds]);
  return long === null ? null : long / 60;
}
