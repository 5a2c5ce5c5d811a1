import type { ErrorEntries } from './entry.ts';

/** Errors about folders, files and settings. */
export const places = {
  CONFIG_INVALID: {
    kind: 'rejected',
    means:
      'config.yaml is not valid. Commands refuse to run until it is fixed, because a policy must not be applied in part.',
    fix: '`agentpool config validate` shows the line, the column, and a valid value.',
  },
  HOME_OF_ANOTHER: {
    kind: 'rejected',
    means:
      'The command runs as root in the AGENTPOOL_HOME of another user, as with `sudo agentpool`. The files that it makes would lock that user out.',
    fix: 'Run it without sudo. Root itself needs a home of its own: set AGENTPOOL_HOME to a folder that belongs to root.',
  },
  CONFIG_NOT_WRITTEN: {
    kind: 'rejected',
    means: 'A file in AGENTPOOL_HOME could not be written.',
    fix: 'The message has the reason: missing permissions, a folder in its place, a full disk.',
  },
  NOTIFY_OFF: {
    kind: 'rejected',
    means: 'There is no notification to test: `notify` is off in config.yaml, which is the default.',
    fix: 'Set `notify: bell`, `notify: desktop`, or a command.',
  },
  NOTIFY_FAILED: {
    kind: 'rejected',
    means: 'The notification could not be sent: the bell, the desktop or the configured command failed.',
    fix: 'The message has the reason. A command must exit with 0 within five seconds.',
  },
  RULES_INVALID: {
    kind: 'rejected',
    means: 'Your detection rules are not valid.',
    fix: '`agentpool detectors validate` shows the line. Until you fix it, the built-in rules apply.',
  },
  NOTHING_TO_LEARN: {
    kind: 'rejected',
    means: 'Each row of the screen is also on a screen that is kept with another label.',
    fix: 'Name a row with `--row`: the message numbers them.',
  },
  NO_SCREEN: {
    kind: 'rejected',
    means: 'The worker has ended, and what its screen showed was not recorded.',
    fix: 'Learn from a worker that runs, or switch recordings on: `recording` in config.yaml.',
  },
  RULES_NOT_TAKEN: {
    kind: 'rejected',
    means: 'The offered rules for reading screens cannot be used.',
    fix: 'The message has the reason: no file, not https, no or another sha256, or rules that are not valid. Nothing was changed.',
  },
  SCREENS_INVALID: {
    kind: 'rejected',
    means: 'The folder of labelled screens has no readable index.json.',
    fix: 'index.json is a list: `[{"file": "a.txt", "provider": "claude-code", "label": "idle"}]`.',
  },
  NOT_A_REPOSITORY: {
    kind: 'rejected',
    means: 'The folder is not in a git repository, and the command needs one.',
    fix: 'Run `git init`, or use `--isolation read_only`, which works without a repository.',
  },
  GIT_MISSING: {
    kind: 'rejected',
    means: 'git is not installed, or not on PATH.',
    fix: 'Install git. `git --version` shows that it is found.',
  },
  GIT_FAILED: {
    kind: 'rejected',
    means: 'A git command failed. The message has its output.',
    fix: 'Run the same git command in that folder and follow its instructions.',
  },
  GIT_TOO_MUCH: {
    kind: 'rejected',
    means: 'git printed more output than AgentPool can keep.',
    fix: 'Inspect a change of that size with git itself.',
  },
  WORKTREE_NEEDS_COMMIT: {
    kind: 'rejected',
    means: 'The repository has no commit, and a worktree needs one to start from.',
    fix: 'Make a first commit, or use another isolation.',
  },
  SETUP_FAILED: {
    kind: 'rejected',
    means:
      'A command of `--setup` or `workspace.setup` failed, or did not end in time. The worker was not started, and its worktree was removed.',
    fix: 'The message has the last lines of its output, and `output` names the file with all of it. `workspace.setup_timeout_seconds` sets the limit; `--skip-setup` starts without it.',
  },
  WORKTREE_EXISTS: {
    kind: 'conflict',
    means: 'A file or folder already exists where the worktree would be created.',
    fix: '`agentpool worktrees list` shows it; `agentpool worktrees cleanup` removes it.',
  },
  WORKTREE_INVALID: {
    kind: 'rejected',
    means: 'The folder is not a worktree of AgentPool, or the name is not valid for a branch.',
    fix: '`agentpool worktrees list` shows the valid ones.',
  },
  WORKTREE_NOT_FOUND: {
    kind: 'rejected',
    means: 'The worker has no worktree, or it was removed.',
    fix: '`agentpool worktrees list` shows the existing worktrees.',
  },
  WORKTREE_ACTIVE: {
    kind: 'rejected',
    means: 'The worker is still running in its worktree.',
    fix: 'End the worker first: `agentpool terminate`.',
  },
  WORKTREE_DIRTY: {
    kind: 'rejected',
    means: 'The worktree has changes that are in no commit, or files that git ignores.',
    fix: 'Run `agentpool collect` first: diff.patch has the changes, and `ignored_files` lists the ignored files, which no patch has. `agentpool worktrees cleanup --force` discards both.',
  },
  WORKTREE_LOCKED: {
    kind: 'conflict',
    means: 'git reports that the worktree is locked.',
    fix: '`git worktree unlock` unlocks it if it is no longer in use; `--force` removes it anyway.',
  },
  WORKTREE_BUSY: {
    kind: 'conflict',
    means: 'Another process is creating or removing this worktree.',
    fix: 'Try again in a moment.',
  },
  FILES_REMOVED: {
    kind: 'rejected',
    means: '`agentpool gc`, or the retention in config.yaml, has removed what was kept of the worker.',
    fix: 'What happened is still in the ledger: `agentpool replay`. Commits that were nowhere else are on the branch of the worker.',
  },
  TRANSCRIPT_MISSING: {
    kind: 'rejected',
    means: 'The transcript of the worker, with all that it printed, is missing.',
    fix: 'The message says where it was. If the files have moved, name their place with AGENTPOOL_HOME or storage.artifact_root.',
  },
  PATCH_MISSING: {
    kind: 'rejected',
    means:
      'The worker has no patch: its folder is no git repository, the patch is too large, or the folder is gone and was not collected before.',
    fix: 'The message has the reason. Without a repository, take the files from the folder of the worker.',
  },
  PATCH_CONFLICT: {
    kind: 'rejected',
    means:
      'The patch of the worker does not apply to your files, which differ from those that it started from. Nothing was changed.',
    fix: '`conflicts` lists where. `agentpool apply --3way` merges what does not conflict; otherwise commit or undo your own changes there first.',
  },
  PATCH_UNSAFE: {
    kind: 'rejected',
    means:
      'The patch would write through a link in your work tree, or make a link that leads out of the repository or into its git folder.',
    fix: 'Read the patch: `agentpool diff`. Take the other files from the worktree of the worker.',
  },
  PATCH_IN_PLACE: {
    kind: 'rejected',
    means: 'The worker worked in this very folder, so its changes are there already.',
    fix: '`agentpool diff` shows them. `agentpool apply --repo` takes them to another work tree.',
  },
  PATCH_OTHER_REPOSITORY: {
    kind: 'rejected',
    means:
      'You are in another repository than the worker was. A patch of new files would apply there anyway.',
    fix: 'Go to the repository of the worker, or name this one with `--repo`.',
  },
  PATCH_BUSY: {
    kind: 'conflict',
    means: 'Another process is applying a patch in the same work tree.',
    fix: 'Try again in a moment.',
  },
  PATH_OUTSIDE_REPOSITORY: {
    kind: 'rejected',
    means: "A lease covers a path in the worker's repository.",
    fix: 'Use a path inside the repository.',
  },
  LEASE_CONFLICT: {
    kind: 'conflict',
    means: 'Another worker has a lease on this path, or on a path above or below it.',
    fix: 'The message says which worker and until when. See `agentpool leases list` and `agentpool leases release`.',
  },
  LEASE_NOT_FOUND: {
    kind: 'rejected',
    means: 'No session holds this lease.',
    fix: '`agentpool leases list` shows the active leases.',
  },
  STORAGE_DENIED: {
    kind: 'rejected',
    means: 'You lack permission to read or write a file or folder of AgentPool.',
    fix: '`ls -ld` shows the owner. If AgentPool was once run with sudo: `sudo chown -R "$USER" ~/.agentpool`.',
  },
  STORAGE_FULL: {
    kind: 'rejected',
    means: 'The disk is full, or your disk quota is used up.',
    fix: '`df -h` shows the free space. AgentPool uses most of its space for worktrees (`agentpool worktrees list`) and artifacts.',
  },
  STORAGE_INVALID: {
    kind: 'rejected',
    means: 'Something else is in the place of a file or folder of AgentPool.',
    fix: '`ls -ld` shows what it is. Move it out of the way.',
  },
} as const satisfies ErrorEntries;
