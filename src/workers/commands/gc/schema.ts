import Type, { type Static } from 'typebox';
import { count, flag, instant, list, noted, nullable, oneOf, text } from '../../../lib/shapes.ts';

export const removables = ['worktree', 'recording', 'artifacts', 'unfinished'] as const;

const what = noted(
  oneOf(removables),
  '`artifacts`: the artifact folder with all that is in it; a recording that is listed too is not counted again. `unfinished`: what a removal that was cut short has left.',
);

export const GcItem = Type.Object(
  {
    session_id: text,
    what,
    path: text,
    bytes: count,
    ended_at: noted(nullable(instant), 'When its process ended.'),
    note: noted(nullable(text), 'What of it stays: the branch of a worktree.'),
  },
  { title: 'GcItem', description: 'Something that a worker has left behind.' },
);
export type GcItem = Static<typeof GcItem>;

export const keepReasons = [
  'process_runs',
  'handover',
  'chain_active',
  'other_home',
  'lost',
  'worktree_dirty',
  'worktree_locked',
  'worktree_active',
  'worktree_missing',
  'repository_gone',
  'worktree_kept',
  'not_collected',
  'patch_not_applied',
  'successor_kept',
  'unknown_files',
  'not_a_folder',
  'not_removed',
] as const;
export type KeepReason = (typeof keepReasons)[number];

export const GcKept = Type.Object(
  {
    session_id: text,
    what,
    path: text,
    bytes: noted(nullable(count), 'Null where it was not measured: nothing of this worker is touched.'),
    code: oneOf(keepReasons),
    reason: text,
    next: noted(nullable(text), 'What to type.'),
  },
  { title: 'GcKept', description: 'Something that is old enough, and stays.' },
);
export type GcKept = Static<typeof GcKept>;

export const GcReport = Type.Object(
  {
    dry_run: flag,
    older_than_seconds: noted(
      Type.Object({ worktree: nullable(count), recording: nullable(count), artifacts: nullable(count) }),
      'How long ago a worker must have ended. Null: kept for ever.',
    ),
    removed: noted(list(GcItem), 'With `dry_run`: what would be removed.'),
    kept: list(GcKept),
    bytes: noted(count, 'Of all that was removed.'),
    kept_bytes: noted(count, 'Of what was kept and measured.'),
    not_due: noted(
      Type.Object({ active: count, recent: count }),
      'Workers that are not looked at: those that run, wait or are handed over, and those that ended too short a time ago.',
    ),
  },
  { description: 'What ended workers have left behind: what was removed, what was kept, and why.' },
);
export type GcReport = Static<typeof GcReport>;
