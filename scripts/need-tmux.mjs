import { spawnSync } from 'node:child_process';

/** Workers run in tmux: says so before anything else fails without it. */
export function needTmux() {
  if (!spawnSync('tmux', ['-V']).error) return;
  console.error(`tmux is not installed, and workers run in it. Install it, then run this again:
  Debian, Ubuntu   sudo apt-get install tmux
  Fedora           sudo dnf install tmux
  macOS            brew install tmux`);
  process.exit(1);
}
