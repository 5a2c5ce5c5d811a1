/**
 * A bar of what is used, with a hairline where time is: fill beyond it means faster than time. `used` is in percent and
 * may exceed 100; `time` is the share of the window that has passed, null if it is not known. A bar is full only if
 * everything is used, and empty only if nothing is.
 */
export function usedBar(used: number, width: number, time: number | null): string {
  const isFull = used >= 100;
  const cells = Math.round((Math.max(0, used) / 100) * width);
  const filled = isFull ? width : Math.min(width - 1, used > 0 ? Math.max(1, cells) : 0);
  const bar = '█'.repeat(filled).padEnd(width, '░');
  if (isFull || time === null) return bar;
  const at = Math.min(width - 1, Math.max(0, Math.floor(time * width)));
  return `${bar.slice(0, at)}│${bar.slice(at + 1)}`;
}
