/** Stops at a link that points at itself; the system's own limit is 40. */
const MAX_LINKS = 40;

/**
 * Whether a link of a patch leads out of the work tree, or into its git folder. Paths are relative to the work tree.
 * Every link on the way is followed as it will be once the patch is applied: two links that each stay inside can lead
 * out together. `linkAt` returns the target of a link, or null for what is none.
 */
export function leadsOut(path: string, linkAt: (path: string) => string | null): boolean {
  const target = linkAt(path);
  if (target === null) return false;
  const at = path.split('/').slice(0, -1);
  const left = partsOf(target);
  if (target.startsWith('/')) return true;
  for (let links = 0; ; ) {
    const part = left.shift();
    if (part === undefined) return isGit(at);
    if (part === '..') {
      if (at.pop() === undefined) return true;
      continue;
    }
    at.push(part);
    if (isGit(at)) return true;
    const next = linkAt(at.join('/'));
    if (next === null) continue;
    if (next.startsWith('/')) return true;
    links += 1;
    if (links > MAX_LINKS) return false;
    at.pop();
    left.unshift(...partsOf(next));
  }
}

const partsOf = (target: string): string[] => target.split('/').filter((part) => part !== '' && part !== '.');

const isGit = ([first = '']: readonly string[]): boolean => first.toLowerCase() === '.git';
