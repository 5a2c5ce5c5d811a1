import type { Writable } from 'node:stream';
import type { ListedLease } from '../../../projections/leases/queries.ts';
import { paint } from '../../text/style.ts';
import { local, relative } from '../../text/time.ts';

/** A lease for a person: its holder, mode, path and end, then its numbers. */
export function leaseLine(lease: ListedLease, stream: Writable): string {
  const { id, session_id, mode, file_path, repo_path, fence } = lease;
  const color = paint(stream);
  const what = file_path === '.' ? 'the whole repository' : file_path;
  return [
    `${color.green('✓')} ${session_id} may ${mode} ${color.bold(what)}`,
    `  until ${leaseEnd(lease, new Date())}`,
    color.dim(`  number ${id}, fence ${fence}, in ${repo_path}`),
  ].join('\n');
}

/** The end of the lease, in the future or in the past. */
export function leaseEnd({ expires_at, released_at, state }: ListedLease, now: Date): string {
  if (state === 'held') return expires_at === null ? 'its session ends' : `${local(expires_at, now)}`;
  return `${state} ${relative(released_at ?? expires_at ?? now.toISOString(), now)}`;
}
