import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Env } from '../../config/paths.ts';
import { git } from '../../workspace/git/call.ts';

/** A throw-away place for one agent: a user, an AGENTPOOL_HOME and a repository of its own. */
export interface Ground {
  folder: string;
  /** The HOME of the agent. */
  user: string;
  /** The AGENTPOOL_HOME. */
  home: string;
  repo: string;
  /** Its TMPDIR: agents leave sockets and logs there. */
  tmp: string;
}

const PREFIX = 'ap-check-';

export const groundIn = (folder: string): Ground => ({
  folder,
  user: join(folder, 'user'),
  home: join(folder, 'home'),
  repo: join(folder, 'repo'),
  tmp: join(folder, 'tmp'),
});

/** Whether that folder is one of ours, to be removed with all that it has. */
export const isGround = (folder: string): boolean => basename(folder).startsWith(PREFIX);

export const newGround = (): Ground => groundIn(realpathSync(mkdtempSync(join(tmpdir(), PREFIX))));

/** Makes the folders, and a repository with one commit. */
export async function furnish({ user, home, repo, tmp }: Ground): Promise<void> {
  for (const folder of [user, home, repo, tmp]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(repo, 'README.md'), '# A place to try an agent\n');
  const call = { env: { HOME: user, XDG_CONFIG_HOME: join(user, '.config'), GIT_CONFIG_NOSYSTEM: '1' } };
  const author = ['-c', 'user.name=AgentPool', '-c', 'user.email=agentpool@example.invalid'];
  await git(repo, ['init', '--quiet', '--initial-branch=main', '--template='], call);
  await git(repo, ['add', '.'], call);
  await git(repo, [...author, 'commit', '--quiet', '--no-gpg-sign', '--message', 'first'], call);
}

/** All that an agent gets of the environment of its user: no key, no token, no account. */
const PASSED_ON = ['PATH', 'LANG'];

/** A closed port. */
const NOWHERE = 'http://127.0.0.1:9';
const HERE = '127.0.0.1,localhost,::1';

/** The whole environment of a rehearsal. Only 127.0.0.1 answers to programs that obey these variables. */
export function groundEnvironment(
  { user, home, tmp }: Ground,
  env: Env,
  rehearsed: Readonly<Record<string, string>>,
): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []));
  const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
  return {
    LANG: 'C.UTF-8',
    ...Object.fromEntries(passed),
    TERM: env.TERM || 'xterm-256color',
    HOME: user,
    TMPDIR: tmp,
    XDG_CONFIG_HOME: join(user, '.config'),
    XDG_DATA_HOME: join(user, '.local', 'share'),
    XDG_STATE_HOME: join(user, '.local', 'state'),
    XDG_CACHE_HOME: join(user, '.cache'),
    GIT_CONFIG_NOSYSTEM: '1',
    ...Object.fromEntries(proxies.map((name) => [name, NOWHERE])),
    NO_PROXY: HERE,
    no_proxy: HERE,
    ...rehearsed,
    AGENTPOOL_HOME: home,
  };
}
