/** A screen as plain rows. */
export interface Snapshot {
  rows: readonly string[];
  cursorRow: number;
}

/** How to recognise a message on a screen. */
export interface MessagePattern {
  /** Its last characters, without blanks; '' for a blank message. */
  end: string;
  placeholder: RegExp | null;
  isQueued(before: Snapshot, now: Snapshot): boolean;
}

/** Boxes are drawn around and between the rows of a text, and break it at any blank. */
const bare = (text: string): string => text.replace(/[\s│┃║▏▕|█]/g, '');

/** How to recognise a message on the screen: by its end, or by the placeholder that the agent shows for it. */
export function messagePattern(
  message: string,
  { pastedPlaceholder, queued }: { pastedPlaceholder: RegExp | null; queued: RegExp | null },
): MessagePattern {
  const lastLine = message.trimEnd().split('\n').at(-1) ?? '';
  return {
    end: bare(lastLine).slice(-24),
    placeholder: pastedPlaceholder,
    isQueued: (before, now) => queued !== null && matches(now, queued) > matches(before, queued),
  };
}

/** Whether the message, or its placeholder, appeared on the screen. */
export function isShown({ end, placeholder }: MessagePattern, before: Snapshot, now: Snapshot): boolean {
  if (end === '') return true;
  if (placeholder && matches(now, placeholder) > matches(before, placeholder)) return true;
  return occurrences(bare(now.rows.join('')), end) > occurrences(bare(before.rows.join('')), end);
}

/**
 * Whether the message is still where it was before the submit keys. A submitted one leaves the box, or moves up: into
 * the conversation above it, or because the cursor went to the next line.
 */
export function isInBox(pattern: MessagePattern, before: Snapshot, now: Snapshot): boolean {
  const heightBefore = heightOf(pattern, before);
  const heightNow = heightOf(pattern, now);
  return heightBefore !== null && heightNow !== null && heightNow <= heightBefore;
}

/** Rows between the bottom and the lowest row in which the message ends. */
function heightOf({ end, placeholder }: MessagePattern, { rows, cursorRow }: Snapshot): number | null {
  const bottom = Math.max(
    cursorRow,
    rows.findLastIndex((row) => row.trim() !== ''),
  );
  for (let row = rows.length - 1; row >= 0; row--) {
    if (placeholder && count(rows[row] ?? '', placeholder) > 0) return bottom - row;
    // The end may itself be wrapped over rows.
    const joined = bare(rows.slice(Math.max(0, row - 3), row + 1).join(''));
    const above = bare(rows.slice(Math.max(0, row - 3), row).join(''));
    if (end !== '' && joined.includes(end) && !above.includes(end)) return bottom - row;
  }
  return null;
}

const matches = ({ rows }: Snapshot, pattern: RegExp): number => count(rows.join('\n'), pattern);

const count = (text: string, pattern: RegExp): number =>
  [...text.matchAll(new RegExp(pattern.source, `${pattern.flags.replace('g', '')}g`))].length;

const occurrences = (text: string, part: string): number => text.split(part).length - 1;
