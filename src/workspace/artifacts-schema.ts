import Type, { type Static } from 'typebox';
import { count, flag, list, noted, nullable, oneOf, text } from '../lib/shapes.ts';

export const ArtifactKind = oneOf([
  'transcript',
  'events',
  'screen',
  'last_screen',
  'diff',
  'diff_redacted',
  'git_status',
  'result',
  'summary',
  'baseline',
  'setup',
  'handoff',
  'recording',
]);
export type ArtifactKind = Static<typeof ArtifactKind>;

export const ArtifactFile = Type.Object(
  {
    kind: ArtifactKind,
    path: text,
    exists: flag,
    sha256: noted(
      nullable(text),
      'Hex, of exactly the `bytes` that were read; null when the file does not exist, when a worker is only observed, and for a folder (`recording`).',
    ),
    bytes: count,
  },
  { title: 'ArtifactFile' },
);
export type ArtifactFile = Static<typeof ArtifactFile>;

export const ArtifactManifest = Type.Object(
  {
    session_id: text,
    artifact_dir: text,
    files: noted(list(ArtifactFile), 'Every kind, also those that do not exist.'),
  },
  { title: 'ArtifactManifest', description: 'The files that are kept of a worker.' },
);
export type ArtifactManifest = Static<typeof ArtifactManifest>;
