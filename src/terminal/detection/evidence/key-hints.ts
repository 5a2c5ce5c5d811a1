/** What a screen says of one key: `esc to interrupt`, `space toggle`, `ctrl+c: stop`. */
export interface KeyHint {
  /** By tmux's names, in the order in which they are pressed: `esc esc` is two. */
  keys: readonly string[];
  /** Shown between two presses: `esc again to interrupt`. */
  again: boolean;
  /** What the key does, in the screen's words and in lower case. */
  action: string;
  /** Whether nothing else follows the action in its part of the row: `esc to interrupt? no` is a status, no hint. */
  isWhole: boolean;
}

const NAMES: Record<string, string> = {
  esc: 'Escape',
  escape: 'Escape',
  enter: 'Enter',
  return: 'Enter',
  '↵': 'Enter',
  '⏎': 'Enter',
  '⎋': 'Escape',
  tab: 'Tab',
  'shift+tab': 'BTab',
  space: 'Space',
};
const CONTROL = /^(?:(?:ctrl|control)[ +-]|\^)([a-z])$/i;
const KEY = String.raw`(?:shift\+tab|esc(?:ape)?|⎋|enter|return|↵|⏎|tab|space|(?:ctrl|control)[ +-][a-z]|\^[a-z])(?![\p{L}\p{N}])`;
const EACH_KEY = new RegExp(KEY, 'giu');
const HINT = new RegExp(
  String.raw`(?<![\p{L}\p{N}+/-])(${KEY}(?:(?:,? or | ?/ ?| )${KEY})*)( twice| ?[x×]2)?( again)?(?:\s?[:=]\s?| to | )(\p{L}[\p{L} -]*)`,
  'giu',
);
/** What may follow the action of a hint in its part of a row. */
const BEHIND = /^(?:[.…]*$|[\d/:;→–—-])/u;
/** What may precede the key of a hint in its part of a row: an instruction, or a status. */
const BEFORE = /^(?:press|hit|use|or|⇆)$|^[\d/ –-]+$|\d ?[kMG]?[Bs]?$|[…■⬝]$|^\W*\w+$/iu;

/** Most rows name no key: they are not read further. */
const NAMES_KEY = /esc|enter|return|tab|space|ctrl|control|[⎋↵⏎^]/iu;

/** The keys that a row names, with what they do. Prose that mentions a key is no hint. */
export function keyHints(row: string): KeyHint[] {
  if (!NAMES_KEY.test(row)) return [];
  // Parts of a footer are apart from each other by a sign or by blanks.
  const bare = row.replace(/\[([^\]]+)\]/g, '$1');
  return bare.split(/[·•|│┃,;()[\]{}]|\s{2,}/u).flatMap((part) => hintsIn(part.trim()));
}

const hintsIn = (part: string): KeyHint[] =>
  [...part.matchAll(HINT)].flatMap(
    ({ 0: whole, 1: words = '', 2: twice, 3: again, 4: action = '', index }) => {
      const before = part.slice(0, index).trim();
      if (before !== '' && !BEFORE.test(before)) return [];
      const named = (words.match(EACH_KEY) ?? []).map(keyNamed);
      const [first] = named;
      if (first === undefined) return [];
      // The same key again is pressed again; another one does the same.
      const repeated = named.every((key) => key === first) ? named : [first];
      const keys = twice ? [first, first] : repeated;
      const rest = part.slice(index + whole.length).trimStart();
      const isWhole = rest === '' || BEHIND.test(rest);
      return [{ keys, again: again !== undefined, action: action.trim().toLowerCase(), isWhole }];
    },
  );

function keyNamed(word: string): string {
  const control = CONTROL.exec(word)?.[1];
  return control ? `C-${control.toLowerCase()}` : (NAMES[word.toLowerCase()] ?? word);
}

const VERBS = ['interrupt', 'stop', 'abort', 'cancel'];
/** `Stop: Ctrl+C`, `cancel [esc]`. */
const REVERSED = new RegExp(
  String.raw`(?:^|[^\p{L}])(?:${VERBS.join('|')})(?:\s?[:=]\s?|\s?[[(<]\s?)(${KEY})`,
  'iu',
);
/** Enter takes an entry of a menu: what another key cancels there is no turn. */
const TAKES = /^(?:select|confirm|submit|accept|toggle|answer|continue|proceed|approve)\b/;

/** How the lowest of these rows that says so lets a turn be stopped; null if none does. */
export function stopHint(rows: readonly string[]): KeyHint | null {
  for (const row of rows.toReversed()) {
    const hints = keyHints(row);
    if (hints.some(({ action, keys }) => keys.includes('Enter') && TAKES.test(action))) return null;
    for (const verb of VERBS) {
      const found = hints.find(({ action }) => action === verb || action.startsWith(`${verb} `));
      if (found) return found;
    }
    const reversed = REVERSED.exec(row)?.[1];
    if (reversed) return { keys: [keyNamed(reversed)], again: false, action: 'stop', isWhole: true };
  }
  return null;
}
