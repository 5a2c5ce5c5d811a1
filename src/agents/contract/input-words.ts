/**
 * What an input box takes for itself instead of handing it to the model, and what makes it plain words again. Each is
 * recognised by a pattern on the whole text that would be typed.
 */
export interface TakenWords {
  /** In the words of an error: what the agent would do with it. */
  does: string;
  pattern: RegExp;
  /** Where a blank makes it plain words; null where nothing is known to, and the text is refused. */
  blank: 'before' | 'behind' | null;
  /** It is a command of the agent's own. */
  command?: true;
  /** It runs a command in a shell, which no sandbox of the agent holds. */
  shell?: true;
}

/** `!ls`: a command of the user's shell, run without an approval. */
export const shellMode = (blank: TakenWords['blank']): TakenWords => ({
  does: 'run it as a shell command',
  pattern: /^\s*!/,
  blank,
  shell: true,
});

/** `/compact`: a first word with one slash. `/etc/hosts` is a path, and no agent has a command of that form. */
export const slashCommand = (blank: TakenWords['blank']): TakenWords => ({
  does: 'take it for a command of its own',
  pattern: /^\s*\/[^\s/]*(?:\s|$)/,
  blank,
  command: true,
});

/** `# note` is kept as a memory, `& task` is handed to an agent in the background or in the cloud. */
export const leadingSign = (sign: '#' | '&', blank: TakenWords['blank']): TakenWords => ({
  does: sign === '#' ? 'keep it as a memory' : 'hand it to another agent',
  pattern: sign === '#' ? /^\s*#/ : /^\s*&/,
  blank,
});

/** A last word with such a sign opens a list above the box, of which Enter takes the first entry. */
export const lastWordLists = (signs: '@' | '@$'): TakenWords => ({
  does: 'replace its last word by the first file that fits',
  pattern: signs === '@' ? /(?:^|\s)@\S*$/ : /(?:^|\s)[@$]\S*$/,
  blank: 'behind',
});

/** A backslash right before Enter makes a new line: the text stays in the box. */
export const BACKSLASH: TakenWords = {
  does: 'make a new line of the Enter behind its backslash',
  pattern: /\\$/,
  blank: 'behind',
};

/** Words that alone end the agent, blanks or not. */
export const LEAVING_WORDS: TakenWords = {
  does: 'end its session',
  pattern: /^\s*(?:exit|quit|:q!?|:wq!?)\s*$/i,
  blank: null,
};

/**
 * What is assumed of a box that nothing is known of: what most agents take. A blank in front is not enough everywhere:
 * Copilot runs ` !ls`, Claude Code takes ` /compact`.
 */
export const UNKNOWN_BOX: readonly TakenWords[] = [
  slashCommand(null),
  shellMode(null),
  leadingSign('&', null),
  BACKSLASH,
];

/**
 * A box that was not tried, as no account was at hand: what its documentation names, refused where only a trial could
 * show that a blank is enough. `sign` is the one that it takes besides.
 */
export const untriedBox = (sign: '#' | '&'): readonly TakenWords[] => [
  LEAVING_WORDS,
  shellMode(null),
  slashCommand(null),
  leadingSign(sign, null),
  lastWordLists('@'),
  BACKSLASH,
];

/** What a text becomes so that its agent reads it as words; or what it would be taken for, where nothing helps. */
export type PlainWords = { text: string } | { taken: TakenWords };

/** Hands a text over as plain words: with a blank where that is enough, else not at all. Pure. */
export function plainWords(text: string, takes: readonly TakenWords[]): PlainWords {
  let plain = text;
  for (const taken of takes) {
    if (!taken.pattern.test(plain)) continue;
    if (taken.blank === null) return { taken };
    plain = taken.blank === 'before' ? ` ${plain.trimStart()}` : `${plain.trimEnd()} `;
  }
  return { text: plain };
}

/** Beginnings that one agent or another takes for itself. */
const ANY_BEGINNING = /^[!/#&@$?:]/;

/**
 * A task as the beginning of a prompt: behind a word of ours where its first sign could be taken for something else. A
 * prompt goes on behind the task, so that its end needs nothing.
 */
export const taskInPrompt = (task: string): string => (ANY_BEGINNING.test(task) ? `Task: ${task}` : task);
