/** A screen as plain rows. */
export interface Snapshot {
  rows: readonly string[];
  cursorRow: number;
}

/** By what a message is recognised on a screen. */
export interface Sight {
  /** Its last characters, without blanks; '' for a blank message. */
  end: string;
  placeholder: RegExp | null;
  queuedIn(before: Snapshot, now: Snapshot): boolean;
}

/** Boxes are drawn around and between the rows of a text, and break it at any blank. */
const bare = (text: string): string => text.replace(/[\s│┃║▏▕|█]/g, '');

/** By what a message is known again on the screen: its end, or what the agent shows in its place. */
export function sightOf(
  message: string,
  { pastedPlaceholder, queued }: { pastedPlaceholder: RegExp | null; queued: RegExp | null },
): Sight {
  const lastLine = message.trimEnd().split('\n').at(-1) ?? '';
  return {
    end: bare(lastLine).slice(-24),
    placeholder: pastedPlaceholder,
    queuedIn: (before, now) => queued !== null && matches(now, queued) > matches(before, queued),
  };
}

/** Whether the message, or what stands for it, came onto the screen. */
export function isThere({ end, placeholder }: Sight, before: Snapshot, now: Snapshot): boolean {
  if (end === '') return true;
  if (placeholder && matches(now, placeholder) > matches(before, placeholder)) return true;
  return occurrences(bare(now.rows.join('')), end) > occurrences(bare(before.rows.join('')), end);
}

/**
 * Whether the message is still where it stood before the submit keys. A submitted one leaves the box, or goes up: into
 * the conversation above it, or because the cursor has gone to the next line.
 */
export function inBox(sight: Sight, before: Snapshot, now: Snapshot): boolean {
  const stood = heightOf(sight, before);
  const stands = heightOf(sight, now);
  return stood !== null && stands !== null && stands <= stood;
}

/** Rows between the bottom and the lowest row in which the message ends. */
function heightOf({ end, placeholder }: Sight, { rows, cursorRow }: Snapshot): number | null {
  const bottom = Math.max(
    cursorRow,
    rows.findLastIndex((row) => row.trim() !== ''),
  );
  for (let row = rows.length - 1; row >= 0; row--) {
    if (placeholder && count(rows[row] ?? '', placeholder) > 0) return bottom - row;
    // The end may itself be broken over rows.
    const upToHere = bare(rows.slice(Math.max(0, row - 3), row + 1).join(''));
    const above = bare(rows.slice(Math.max(0, row - 3), row).join(''));
    if (end !== '' && upToHere.includes(end) && !above.includes(end)) return bottom - row;
  }
  return null;
}

const matches = ({ rows }: Snapshot, pattern: RegExp): number => count(rows.join('\n'), pattern);

const count = (text: string, pattern: RegExp): number =>
  [...text.matchAll(new RegExp(pattern.source, `${pattern.flags.replace('g', '')}g`))].length;

const occurrences = (text: string, part: string): number => text.split(part).length - 1;
