/** Several tmux commands that are run as one call: each of them starts a process. */
export interface Commands {
  readonly commands: readonly (readonly string[])[];
}

/** Several commands as one call. The first that fails ends it. */
export const joined = (commands: readonly (readonly string[])[]): Commands => ({ commands });

/** The arguments that give tmux these commands and no other. */
export const tmuxArguments = (command: readonly string[] | Commands): string[] => {
  const commands = 'commands' in command ? command.commands : [command];
  return commands.flatMap((words, at) => [...(at === 0 ? [] : [';']), ...words.map(argument)]);
};

/**
 * A word as an argument of tmux. tmux takes a `;` at a word's end as the end of the command, and what follows as another
 * one: a user's word `x;` would let the next one be `run-shell`. A `\` before it makes it part of the word.
 */
const argument = (word: string): string => (word.endsWith(';') ? `${word.slice(0, -1)}\\;` : word);
