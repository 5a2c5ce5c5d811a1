import { git } from './call.ts';
import { resolveRevision } from './repository.ts';

/** What is the same for every clone of a repository, wherever it is. One of both is not empty. */
export interface RepositoryId {
  /** Where it is cloned from, as `normalisedUrl` writes it; empty without a remote that other machines know. */
  url: string;
  /** The first commit; empty in a shallow clone, which does not have it. */
  root: string;
}

/** In one line, for the ledger. Neither part contains a space. */
export const repositoryText = ({ url, root }: RepositoryId): string => `${url || '-'} ${root || '-'}`;

export function repositoryFrom(text: string): RepositoryId {
  const [url = '-', root = '-'] = text.split(' ');
  return { url: url === '-' ? '' : url, root: root === '-' ? '' : root };
}

/** What a clone is of; null for a folder without git or without a commit, and for a shallow clone of no known remote. */
export async function repositoryId(folder: string): Promise<RepositoryId | null> {
  const [url, root] = await Promise.all([remoteUrl(folder), rootCommit(folder)]);
  if (root === null || (url === '' && root === '')) return null;
  return { url, root };
}

/**
 * The first commit of the branch that clones begin with, by the first parents: other branches may have another one.
 * Empty in a shallow clone, null without commits.
 */
async function rootCommit(folder: string): Promise<string | null> {
  const shallow = await git(folder, ['rev-parse', '--is-shallow-repository'], { accept: [0, 128] });
  if (shallow.code !== 0) return null;
  const tip =
    (await resolveRevision(folder, 'refs/remotes/origin/HEAD^{commit}')) ??
    (await resolveRevision(folder, 'HEAD^{commit}'));
  if (tip === null) return null;
  if (shallow.stdout.toString().trim() === 'true') return '';
  const listed = await git(folder, ['rev-list', '--first-parent', '--max-parents=0', tip]);
  return listed.stdout.toString().split('\n')[0] ?? '';
}

/** The URL of `origin`, else of the first remote. */
async function remoteUrl(folder: string): Promise<string> {
  const listed = await git(folder, ['config', '--get-regexp', '^remote\\..*\\.url$'], {
    accept: [0, 1, 128],
  });
  const remotes = listed.stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' ', 2) as [string, string]);
  const [, url = ''] = remotes.find(([name]) => name === 'remote.origin.url') ?? remotes[0] ?? [];
  return normalisedUrl(url);
}

const USUAL_PORTS = ['22', '80', '443', '9418'];

/**
 * The same for every way to write the address of a repository: host in lower case, then the path, without scheme, user,
 * usual port and `.git`. Empty for a path of this machine.
 */
export function normalisedUrl(url: string): string {
  const written =
    /^(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?:[^/@]*@)?(?<host>\[[^\]/]*\]|[^/:]*)(?::(?<port>\d*))?\/(?<path>.*)$/i.exec(
      url,
    );
  // `user@host:path`, as ssh writes it. A single letter is a drive of Windows.
  const short = written ? null : /^(?:[^/@]*@)?(?<host>\[[^\]/]*\]|[^/:@]{2,}):(?<path>.*)$/.exec(url);
  const { scheme = '', host = '', port = '', path = '' } = (written ?? short)?.groups ?? {};
  if (host === '' || scheme.toLowerCase() === 'file') return '';
  const shown = port === '' || USUAL_PORTS.includes(port) ? '' : `:${port}`;
  const bare = path
    .replace(/[?#].*$/, '')
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.git$/, '');
  return `${host.toLowerCase()}${shown}/${bare.replaceAll(' ', '%20')}`;
}
