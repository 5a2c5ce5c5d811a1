import type { CommandClass } from 'clipanion';

/** Every command by its path, and the module that holds it: only the one that is asked for is loaded. */
export const commands: Record<string, () => Promise<{ default: CommandClass }>> = {
  status: () => import('./status.ts'),
  statusline: () => import('./statusline.ts'),
  spawn: () => import('./spawn.ts'),
  run: () => import('./run.ts'),
  observe: () => import('./observe.ts'),
  send: () => import('./send.ts'),
  answer: () => import('./answer.ts'),
  explain: () => import('./explain.ts'),
  interrupt: () => import('./interrupt.ts'),
  keys: () => import('./keys.ts'),
  attach: () => import('./attach.ts'),
  collect: () => import('./collect.ts'),
  terminate: () => import('./terminate.ts'),
  artifacts: () => import('./artifacts.ts'),
  transcript: () => import('./transcript.ts'),
  sessions: () => import('./sessions.ts'),
  'session show': () => import('./session/show.ts'),
  stats: () => import('./stats.ts'),
  replay: () => import('./replay.ts'),
  events: () => import('./events.ts'),
  'usage-summary': () => import('./usage-summary.ts'),
  'capacity-summary': () => import('./capacity-summary.ts'),
  usage: () => import('./usage.ts'),
  tokens: () => import('./tokens.ts'),
  inventory: () => import('./inventory.ts'),
  providers: () => import('./providers.ts'),
  models: () => import('./models.ts'),
  'worktrees list': () => import('./worktrees/list.ts'),
  'worktrees cleanup': () => import('./worktrees/cleanup.ts'),
  'leases acquire': () => import('./leases/acquire.ts'),
  'leases list': () => import('./leases/list.ts'),
  'leases release': () => import('./leases/release.ts'),
  'ledger verify': () => import('./ledger/verify.ts'),
  'ledger rebuild': () => import('./ledger/rebuild.ts'),
  'ledger stats': () => import('./ledger/stats.ts'),
  'ledger backup': () => import('./ledger/backup.ts'),
  'ledger export': () => import('./ledger/export.ts'),
  'ledger import': () => import('./ledger/import.ts'),
  'watcher status': () => import('./watcher/status.ts'),
  'watcher stop': () => import('./watcher/stop.ts'),
  'watcher log': () => import('./watcher/log.ts'),
  'watcher run': () => import('./watcher/run.ts'),
  'detectors list': () => import('./detectors/list.ts'),
  'detectors validate': () => import('./detectors/validate.ts'),
  'detectors path': () => import('./detectors/path.ts'),
  mcp: () => import('./mcp.ts'),
  'mcp-config': () => import('./mcp-config.ts'),
  init: () => import('./init.ts'),
  setup: () => import('./setup.ts'),
  onboard: () => import('./onboard.ts'),
  skills: () => import('./skills/list.ts'),
  'skills list': () => import('./skills/list.ts'),
  'skills get': () => import('./skills/get.ts'),
  'skills path': () => import('./skills/path.ts'),
  preferences: () => import('./preferences.ts'),
  doctor: () => import('./doctor.ts'),
  smoke: () => import('./smoke.ts'),
  'config path': () => import('./config/path.ts'),
  'config print': () => import('./config/print.ts'),
  'config validate': () => import('./config/validate.ts'),
};

/** The path of the command that the words name: the longest that is known. */
export function namedCommand(words: readonly string[]): string | null {
  for (const length of [2, 1]) {
    const path = words.slice(0, length).join(' ');
    if (words.length >= length && Object.hasOwn(commands, path)) return path;
  }
  return null;
}
