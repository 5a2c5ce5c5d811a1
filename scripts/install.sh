#!/usr/bin/env bash
# Installs AgentPool from a release tarball, or removes it again.
#   scripts/install.sh agentpool-0.2.0.tgz [--sha256 SUM] [--prefix DIR]
#   scripts/install.sh --uninstall [--prefix DIR]
# Looks first whether this machine has what it needs; installs nothing but the package and what its lockfile names.
set -euo pipefail

usage() { sed -n '2,4s/^# \{0,3\}//p' "$0"; }
refuse() { printf 'install.sh: %s\n' "$1" >&2; exit 1; }
need() { command -v "$1" >/dev/null || refuse "$1 is missing. $2"; }

tarball='' sum='' uninstall=''
prefix=()
while [ $# -gt 0 ]; do
  case $1 in
    --sha256) sum=${2:?--sha256 wants the sum}; shift ;;
    --prefix) prefix=(--prefix "${2:?--prefix wants a folder}"); shift ;;
    --uninstall) uninstall=yes ;;
    -h | --help) usage; exit 0 ;;
    -*) refuse "there is no option $1. Options: --sha256 SUM, --prefix DIR, --uninstall" ;;
    *) tarball=$1 ;;
  esac
  shift
done

need npm 'It comes with Node.js: https://nodejs.org'
if [ -n "$uninstall" ]; then
  npm uninstall --global ${prefix[@]+"${prefix[@]}"} agentpool
  echo "AgentPool is gone. Its ledger and settings stay in ${AGENTPOOL_HOME:-$HOME/.agentpool}; delete that folder to be rid of them too."
  exit 0
fi

[ -n "$tarball" ] || { usage >&2; exit 2; }
[ -f "$tarball" ] || refuse "there is no file $tarball"
if [ -n "$sum" ]; then
  if command -v sha256sum >/dev/null; then found=$(sha256sum "$tarball"); else found=$(shasum -a 256 "$tarball"); fi
  [ "${found%% *}" = "$sum" ] || refuse "$tarball is not what was released: its sha256 is ${found%% *}"
fi

need node 'Node.js 20.19 or newer: https://nodejs.org'
node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' ||
  refuse "Node.js $(node --version) is too old; 20.19 or newer is needed"
install_tmux='sudo apt-get install tmux, sudo dnf install tmux, or brew install tmux'
need tmux "Workers run in it: $install_tmux"
need git 'It holds what workers change.'

# npm downloads the binary of better-sqlite3, or compiles it for about a minute. npm 12 asks which package may do so.
npm install --global ${prefix[@]+"${prefix[@]}"} --allow-scripts=better-sqlite3 --no-audit --no-fund "$tarball" ||
  refuse 'npm could not install AgentPool; its output is above. Where it could not download the binary of better-sqlite3, it compiles it with a C++ compiler, make and Python. Install them, then run this again:
  Debian, Ubuntu   sudo apt-get install build-essential python3
  Fedora           sudo dnf install gcc-c++ make python3
  macOS            xcode-select --install'
echo 'AgentPool is installed. Next: agentpool init, then agentpool doctor'
