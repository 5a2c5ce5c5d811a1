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

/** The descriptions of command groups in the overview, by the first word of their commands. */
export const groups: Readonly<Record<string, string>> = {
  accounts: 'Several logins of one agent, each with its own limits',
  config: 'Show the configuration and its location',
  detectors: 'Look after the rules that read screens',
  fleet: 'Share one pool between several machines',
  leases: 'Reserve files so that two workers do not collide',
  ledger: 'Verify, back up, export, import or rebuild the ledger',
  notify: 'Test how you are notified',
  session: 'Show one worker in full',
  skills: 'Print the skills that teach agents to use AgentPool',
  watcher: 'Control the background process that watches workers',
  worktrees: "List and clean up workers' git worktrees",
};

/** Aliases of commands, which the overview leaves out. */
export const aliases: readonly string[] = ['capacity-summary', 'kill'];
