import { spawnSync } from 'node:child_process';

/** Exits with install instructions when tmux is missing: workers run in it, and later failures would not say why. */
export function needTmux() {
  if (!spawnSync('tmux', ['-V']).error) return;
  console.error(`tmux is not installed, and workers run in it. Install it, then run this again:
  Debian, Ubuntu   sudo apt-get install tmux
  Fedora           sudo dnf install tmux
  macOS            brew install tmux`);
  process.exit(1);
}
