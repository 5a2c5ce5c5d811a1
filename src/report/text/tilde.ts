import { homedir } from 'node:os';

/** A path below the user's home in shell notation: `~/.agentpool`. */
export const tilde = (path: string): string => {
  const home = homedir();
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
};
