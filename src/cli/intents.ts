/**
 * What people type for a command that has another name: words of git, docker, kubectl, tmux, systemd and of other
 * agents. A word that is close to a command by its letters only (`kill`, `skills`) would be sent to the wrong one.
 * `null`: there is no such command on purpose; the sentence says what to do instead.
 */
const WORDS: Record<string, readonly string[]> = {
  terminate: [
    'abort',
    'cancel',
    'close',
    'delete',
    'destroy',
    'end',
    'exit',
    'finish',
    'halt',
    'quit',
    'remove',
    'rm',
    'shutdown',
    'stop',
  ],
  sessions: ['agents', 'jobs', 'list', 'ls', 'tasks', 'threads', 'workers'],
  top: ['dashboard', 'gui', 'tui', 'ui'],
  status: ['home', 'overview', 'summary', 'web', 'whoami'],
  'session show': ['describe', 'details', 'get', 'info', 'inspect', 'show', 'view', 'worker'],
  transcript: ['cat', 'log', 'output', 'print', 'read', 'screen', 'tail'],
  observe: ['await', 'follow', 'poll', 'wait', 'watch', 'monitor'],
  spawn: [
    'add',
    'create',
    'delegate',
    'dispatch',
    'exec',
    'invoke',
    'launch',
    'new',
    'start',
    'submit',
    'task',
  ],
  send: ['ask', 'chat', 'continue', 'message', 'msg', 'prompt', 'reply', 'respond', 'say', 'tell', 'write'],
  handoff: ['hand-over', 'handover', 'take-over', 'takeover', 'transfer'],
  answer: [
    'accept',
    'allow',
    'approve',
    'choose',
    'confirm',
    'deny',
    'no',
    'pick',
    'reject',
    'select',
    'yes',
  ],
  interrupt: ['break', 'esc', 'escape', 'pause'],
  collect: ['download', 'fetch', 'pull', 'result', 'results', 'harvest'],
  diff: ['changes', 'compare', 'patch'],
  attach: ['connect', 'enter', 'join', 'open', 'ssh', 'terminal'],
  'usage-summary': [
    'available',
    'balance',
    'budget',
    'capacity',
    'headroom',
    'left',
    'limit',
    'limits',
    'quota',
    'quotas',
    'remaining',
    'subscriptions',
  ],
  'usage-summary --refresh': ['refresh', 'sync'],
  tokens: ['billing', 'cost', 'costs', 'price', 'prices', 'spend', 'spent'],
  setup: ['auth', 'login', 'signin', 'sign-in', 'register', 'connect-agent'],
  init: ['initialize', 'initialise', 'configure-home', 'bootstrap'],
  doctor: ['check', 'debug', 'diagnose', 'diagnostics', 'health', 'ping', 'verify-setup'],
  smoke: ['demo', 'selftest', 'test', 'try'],
  'config print': ['conf', 'options', 'settings', 'cfg'],
  'config path': ['configure', 'edit', 'set'],
  preferences: ['prefs', 'rules', 'policy'],
  'worktrees cleanup': ['clean', 'cleanup', 'prune', 'tidy'],
  'worktrees list': ['branch', 'branches', 'tree', 'trees'],
  'leases acquire': ['acquire', 'lock', 'reserve'],
  'leases release': ['release', 'unlock'],
  'leases list': ['locks'],
  'ledger export': ['dump', 'export'],
  'ledger import': ['import', 'restore'],
  'ledger backup': ['backup', 'save', 'snapshot'],
  'ledger verify': ['audit', 'fsck', 'verify', 'validate'],
  'ledger rebuild': ['rebuild', 'repair', 'reindex'],
  'ledger stats': ['database', 'db'],
  replay: ['rewind', 'timeline'],
  events: ['history', 'journal', 'trace', 'audit-log'],
  artifacts: ['files'],
  explain: ['why'],
  'watcher status': ['daemon', 'service'],
  mcp: ['mcp-server', 'serve', 'server', 'stdio'],
  'fleet join': ['cluster', 'machines', 'nodes', 'peers', 'remote', 'share', 'sync'],
  'mcp-config': ['mcp-add', 'mcp-install', 'mcp-setup', 'connect-host', 'integrate'],
  'skills list': ['skill-list'],
  'completion bash': ['autocomplete', 'completions', 'complete-bash'],
  'notify test': ['alert', 'bell', 'notification', 'notifications'],
  statusline: ['status-line', 'prompt-line', 'ps1'],
  keys: ['key', 'press', 'send-keys', 'type'],
  help: ['?', 'commands', 'docs', 'documentation', 'h', 'man', 'manual', 'tutorial', 'usage-help'],
  '--version': ['about', 'release', 'ver', 'version'],
};

/** The same for the second word of a group, or after a command that takes none. */
const PHRASES: Record<string, readonly string[]> = {
  'config print': [
    'config cat',
    'config get',
    'config list',
    'config ls',
    'config show',
    'config view',
    'config dump',
  ],
  'config path': ['config edit', 'config open', 'config set', 'config where', 'config add', 'config init'],
  'config validate': ['config check', 'config lint', 'config test', 'config verify'],
  'detectors validate': ['detectors check', 'detectors lint', 'detectors test'],
  'detectors list': ['detectors ls', 'detectors show'],
  'leases acquire': ['leases add', 'leases create', 'leases lock', 'leases new', 'leases take'],
  'leases release': [
    'leases delete',
    'leases drop',
    'leases free',
    'leases remove',
    'leases rm',
    'leases unlock',
  ],
  'leases list': ['leases ls', 'leases show'],
  'ledger verify': ['ledger check', 'ledger audit', 'ledger validate'],
  'ledger export': ['ledger dump'],
  'ledger backup': ['ledger copy', 'ledger save', 'ledger snapshot'],
  'ledger import': ['ledger load', 'ledger restore'],
  'ledger rebuild': ['ledger fix', 'ledger reindex', 'ledger repair'],
  'ledger stats': ['ledger info', 'ledger size', 'ledger status'],
  events: ['ledger events', 'ledger log', 'ledger tail'],
  'mcp-config': ['mcp add', 'mcp config', 'mcp install', 'mcp setup', 'mcp register'],
  mcp: ['mcp run', 'mcp serve', 'mcp start', 'mcp stdio'],
  'notify test': ['notify send', 'notify try'],
  'session show': [
    'session describe',
    'session get',
    'session info',
    'session view',
    'sessions get',
    'sessions show',
    'sessions info',
  ],
  sessions: ['session list', 'session ls', 'sessions list', 'sessions ls', 'sessions show-all'],
  'sessions --all': ['sessions all', 'session all'],
  terminate: [
    'session delete',
    'session end',
    'session kill',
    'session rm',
    'session stop',
    'sessions delete',
    'sessions kill',
    'sessions rm',
    'sessions stop',
  ],
  'setup all': ['skills install', 'skills add'],
  'skills get': ['skills cat', 'skills print', 'skills show', 'skills view'],
  'skills list': ['skills ls'],
  'usage-summary': ['usage summary', 'status usage', 'usage all'],
  'watcher run': ['watcher start'],
  'watcher stop': ['watcher end', 'watcher kill', 'watcher quit', 'watcher restart'],
  'watcher status': ['watcher info', 'watcher ps', 'watcher show'],
  'worktrees cleanup': [
    'worktrees clean',
    'worktrees delete',
    'worktrees gc',
    'worktrees prune',
    'worktrees remove',
    'worktrees rm',
  ],
  'worktrees list': ['worktrees ls', 'worktrees show', 'worktrees status'],
  models: ['models list', 'models ls'],
  providers: ['providers list', 'providers ls'],
};

/** Words for what AgentPool does not do, and what to do instead. */
const INSTEAD: Record<string, string> = {
  commit: 'AgentPool commits nothing: agentpool apply takes the changes into your work tree.',
  merge: 'AgentPool merges no branch: agentpool apply --3way takes the changes into your work tree.',
  push: 'AgentPool pushes nothing: agentpool apply takes the changes into your work tree.',
  logout: 'AgentPool has no login of its own; log out in the agent.',
  signout: 'AgentPool has no login of its own; log out in the agent.',
  install: 'Install an agent by its own installer: agentpool setup all shows which are ready.',
  uninstall: 'npm uninstall --global agentpool removes it; docs/install.md has the rest.',
  update: 'npm install --global agentpool@latest updates it.',
  upgrade: 'npm install --global agentpool@latest updates it.',
  reset: 'Nothing is reset: a limit resets at its provider; agentpool usage-summary shows when.',
  route: 'AgentPool does not choose for you: name the provider, agentpool spawn --provider NAME.',
  auto: 'AgentPool does not choose for you: name the provider, agentpool spawn --provider NAME.',
  telemetry: 'AgentPool sends no telemetry.',
};

const byWord = inverted(WORDS);
const byPhrase = inverted(PHRASES);

/** The command that the words mean, and how many of them name it; null if no other name is known for it. */
export function intentOf(words: readonly string[]): { command: string; named: number } | null {
  const [first = '', second = ''] = words.map((word) => word.toLowerCase());
  const phrase = byPhrase.get(`${first} ${second}`);
  if (phrase) return { command: phrase, named: 2 };
  const word = byWord.get(first);
  return word ? { command: word, named: 1 } : null;
}

/** What to do instead of something that AgentPool does not do. */
export const insteadOf = (word: string): string | null =>
  Object.hasOwn(INSTEAD, word.toLowerCase()) ? (INSTEAD[word.toLowerCase()] ?? null) : null;

/** Every command that the tables name, for the test that each exists. */
export const intendedCommands = (): string[] => [...new Set([...byWord.values(), ...byPhrase.values()])];

function inverted(table: Record<string, readonly string[]>): Map<string, string> {
  return new Map(
    Object.entries(table).flatMap(([command, names]) => names.map((name) => [name, command] as const)),
  );
}
