/** The categories of commands, in the order of the overview. */
export const sections: readonly string[] = [
  'Start',
  'Limits',
  'Work',
  'Watch',
  'Results',
  'History',
  'Connect',
];

/** What the commands of two words have in common. */
export const groups: Readonly<Record<string, string>> = {
  config: 'Show the configuration and where it lives',
  detectors: 'Manage your own rules for reading screens',
  leases: 'Reserve files so that two workers do not collide',
  ledger: 'Verify, back up, export, import or rebuild the ledger',
  notify: 'Test how you are notified',
  session: 'Show one worker in full',
  skills: 'Print the skills that teach agents to use AgentPool',
  watcher: 'Control the background process that watches workers',
  worktrees: "List and clean up workers' git worktrees",
};

/** Other names of commands, which the overview leaves out. */
export const aliases: readonly string[] = ['capacity-summary'];
