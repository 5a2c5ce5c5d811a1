/** What one wants to do, in the order of a worker's life: the category of every command is one of these. */
export const sections: readonly string[] = [
  'Start',
  'See what is left',
  'Hand over work',
  'See how it goes',
  'Take the result',
  'Look back',
  'Connect and configure',
];

/** What the commands of two words have in common. */
export const groups: Readonly<Record<string, string>> = {
  config: 'the settings: where they lie, what is in force',
  detectors: 'your own rules of what a screen means',
  leases: 'reserve files for a worker, so that two do not collide',
  ledger: 'the log that everything is told from',
  notify: 'try how you are told that a worker needs you',
  session: 'one worker, whole',
  skills: 'what agents read to learn AgentPool',
  watcher: 'the background process that watches the workers',
  worktrees: 'the git worktrees that workers were given',
};
