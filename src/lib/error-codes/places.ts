import type { ErrorEntries } from './entry.ts';

/** Errors about folders, files and settings. */
export const places = {
  CONFIG_INVALID: {
    kind: 'rejected',
    means: 'config.yaml can not be read. Commands stop until it is mended: half a policy is no policy.',
    mend: '`agentpool config validate` names line and column, and what to write instead.',
  },
  CONFIG_NOT_WRITTEN: {
    kind: 'rejected',
    means: 'A file of the home could not be written.',
    mend: 'The message has the reason: permissions, a folder in its place, a full disk.',
  },
  NOTIFY_OFF: {
    kind: 'rejected',
    means: 'There is no notification to test: `notify` is off in config.yaml, as it is by default.',
    mend: 'Write `notify: bell`, `notify: desktop` or a command of yours.',
  },
  NOTIFY_FAILED: {
    kind: 'rejected',
    means: 'The bell, the desktop or the command of your config.yaml could not be used.',
    mend: 'The message has the reason. A command gets five seconds, and has to end with 0.',
  },
  RULES_INVALID: {
    kind: 'rejected',
    means: 'Your own detection rules can not be read.',
    mend: '`agentpool detectors validate` names the line. Until then the built-in rules hold.',
  },
  SCREENS_INVALID: {
    kind: 'rejected',
    means: 'The folder of labelled screens has no readable index.json.',
    mend: 'It is a list: `[{"file": "a.txt", "provider": "claude-code", "label": "idle"}]`.',
  },
  NOT_A_REPOSITORY: {
    kind: 'rejected',
    means: 'The folder does not lie in a git repository, and what was asked for needs one.',
    mend: '`git init` makes one; `--isolation read_only` does without.',
  },
  GIT_MISSING: {
    kind: 'rejected',
    means: 'git is not installed, or not in PATH.',
    mend: 'Install git; `git --version` shows that it is found.',
  },
  GIT_FAILED: {
    kind: 'rejected',
    means: 'git said no; the message has its words.',
    mend: 'Type the same git command in that folder: what it asks for is between you and git.',
  },
  GIT_TOO_MUCH: {
    kind: 'rejected',
    means: 'git printed more than can be kept.',
    mend: 'A single change of that size is best looked at with git itself.',
  },
  WORKTREE_NEEDS_COMMIT: {
    kind: 'rejected',
    means: 'A repository without a commit has nothing that a worktree could start from.',
    mend: 'Make a first commit, or use another isolation.',
  },
  WORKTREE_EXISTS: {
    kind: 'conflict',
    means: 'Something lies where the worktree should go.',
    mend: '`agentpool worktrees list` shows what is there; `worktrees cleanup` takes it away.',
  },
  WORKTREE_INVALID: {
    kind: 'rejected',
    means: 'The folder is no worktree that AgentPool made, or the name can not be that of a branch.',
    mend: '`agentpool worktrees list` shows those that are.',
  },
  WORKTREE_NOT_FOUND: {
    kind: 'rejected',
    means: 'The worker has no worktree, or it has been taken away.',
    mend: '`agentpool worktrees list` shows what there is.',
  },
  WORKTREE_ACTIVE: {
    kind: 'rejected',
    means: 'The worker still lives in its worktree.',
    mend: '`agentpool terminate` first.',
  },
  WORKTREE_DIRTY: {
    kind: 'rejected',
    means: 'The worktree holds changes that nobody has gathered.',
    mend: '`agentpool collect` first, or `worktrees cleanup --force` throws them away.',
  },
  WORKTREE_LOCKED: {
    kind: 'conflict',
    means: 'git says that the worktree is locked.',
    mend: '`git worktree unlock` frees it, if nobody needs it; `--force` does not ask.',
  },
  WORKTREE_BUSY: {
    kind: 'conflict',
    means: 'Another process is making or removing the worktree.',
    mend: 'Try again in a moment.',
  },
  PATH_OUTSIDE_REPOSITORY: {
    kind: 'rejected',
    means: "A lease is for a path in the worker's repository.",
    mend: 'Name a path below it.',
  },
  LEASE_CONFLICT: {
    kind: 'conflict',
    means: 'Another worker has reserved the path, or one above or below it.',
    mend: 'The message says who and until when. `agentpool leases list`, `agentpool leases release`.',
  },
  LEASE_NOT_FOUND: {
    kind: 'rejected',
    means: 'Nobody holds such a lease.',
    mend: '`agentpool leases list` shows what is held.',
  },
  STORAGE_DENIED: {
    kind: 'rejected',
    means: 'A file or folder of AgentPool may not be read or written by you.',
    mend: '`ls -ld` shows whose it is. Was AgentPool run with sudo once? Then `sudo chown -R "$USER" ~/.agentpool`.',
  },
  STORAGE_FULL: {
    kind: 'rejected',
    means: 'The disk is full, or your share of it.',
    mend: '`df -h` shows it. `agentpool worktrees list` and the artifacts folder are where AgentPool keeps most.',
  },
  STORAGE_INVALID: {
    kind: 'rejected',
    means: 'Something else lies where a file or folder of AgentPool belongs.',
    mend: '`ls -ld` shows what; move it out of the way.',
  },
} as const satisfies ErrorEntries;
