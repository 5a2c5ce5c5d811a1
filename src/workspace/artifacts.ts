import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AgentPoolError } from '../lib/errors.ts';
import { makePrivateFolder, storing } from '../lib/files/private-files.ts';
import type { ArtifactFile, ArtifactKind, ArtifactManifest } from './artifacts-schema.ts';

/** The files of a session's artifact folder by kind, and the folder of its recording; the kind appears in JSON output. */
const FILES: Record<ArtifactKind, string> = {
  transcript: 'transcript.txt',
  events: 'events.ndjson',
  screen: 'screen.txt',
  last_screen: 'last-screen.txt',
  diff: 'diff.patch',
  diff_redacted: 'diff.redacted.patch',
  git_status: 'git-status.txt',
  result: 'result.json',
  summary: 'summary.md',
  baseline: 'baseline.json',
  setup: 'setup.txt',
  handoff: 'handoff.md',
  recording: 'recording',
};

const BASELINE_OBJECTS = 'baseline-objects';

export type ArtifactPaths = Record<ArtifactKind, string> & {
  dir: string;
  /** The index and the objects that only the baseline needs (see baseline.ts). */
  baseline_objects: string;
};

/**
 * The paths of a session's artifacts. Creates nothing. Throws STORAGE_INVALID for an id that would lead out of the
 * root.
 */
export function artifactPaths(root: string, sessionId: string): ArtifactPaths {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(sessionId)) {
    throw new AgentPoolError('STORAGE_INVALID', `'${sessionId}' cannot name an artifact folder.`, {
      session_id: sessionId,
      example: 'agentpool sessions',
    });
  }
  const dir = join(root, sessionId);
  return { dir, baseline_objects: join(dir, BASELINE_OBJECTS), ...filesIn(dir) };
}

/** Creates the session's folder (0700) and returns the paths of its files. */
export async function makeArtifactFolder(root: string, sessionId: string): Promise<ArtifactPaths> {
  const paths = artifactPaths(root, sessionId);
  await makePrivateFolder(paths.dir);
  return paths;
}

/**
 * The current content of an artifact folder: every kind is listed, the missing ones with exists: false. Files in
 * `known` are not read again.
 */
export async function artifactManifest(
  dir: string,
  known: readonly ArtifactFile[] = [],
): Promise<ArtifactManifest> {
  const files = await Promise.all(
    Object.entries(filesIn(dir)).map(async ([kind, path]): Promise<ArtifactFile> => {
      const before = known.find((each) => each.kind === kind);
      if (before) return before;
      if (kind === 'recording') return listed('recording', path);
      const found = await fingerprint(path);
      return {
        kind: kind as ArtifactKind,
        path,
        exists: found !== null,
        sha256: found?.sha256 ?? null,
        bytes: found?.bytes ?? 0,
      };
    }),
  );
  return { session_id: basename(dir), artifact_dir: dir, files };
}

/**
 * The same with file sizes only, without reading the files, and with sha256 null. For callers that observe a worker
 * repeatedly while it writes; a transcript may be gigabytes.
 */
export function artifactListing(dir: string): ArtifactManifest {
  const files = Object.entries(filesIn(dir)).map(([kind, path]) => listed(kind as ArtifactKind, path));
  return { session_id: basename(dir), artifact_dir: dir, files };
}

function listed(kind: ArtifactKind, path: string): ArtifactFile {
  const stat = statSync(path, { throwIfNoEntry: false });
  const bytes = stat?.isDirectory() ? bytesIn(path) : (stat?.size ?? 0);
  return { kind, path, exists: stat !== undefined, sha256: null, bytes };
}

/** Its files may be compressed, and the oldest dropped, while they are counted. */
function bytesIn(folder: string): number {
  const size = (name: string) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  return readdirSync(folder).reduce((sum, name) => sum + size(name), 0);
}

/** Whether AgentPool itself gives this name to what it puts into an artifact folder, if only for a moment. */
export const isArtifactName = (name: string): boolean =>
  [...Object.values(FILES), BASELINE_OBJECTS, `${FILES.transcript}.state`].includes(name) ||
  /^\..+\.\d+-[a-z0-9]+\.tmp$|^agentpool-git-\d+-|^\.DS_Store$/.test(name);

function filesIn(dir: string): Record<ArtifactKind, string> {
  const pairs = Object.entries(FILES).map(([kind, name]) => [kind, join(dir, name)]);
  return Object.fromEntries(pairs) as Record<ArtifactKind, string>;
}

/** Bytes. Reading a file of this size at once takes less time than opening a stream. */
const SMALL = 256 * 1024;

/** sha256 and size in bytes of a file, a large one read in pieces; null when there is no such file. */
export async function fingerprint(path: string): Promise<{ sha256: string; bytes: number } | null> {
  return storing(path, async () => {
    const hash = createHash('sha256');
    let bytes = 0;
    try {
      const stat = statSync(path);
      const pieces = stat.isFile() && stat.size <= SMALL ? [readFileSync(path)] : createReadStream(path);
      for await (const piece of pieces) {
        hash.update(piece);
        bytes += piece.length;
      }
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw cause;
    }
    return { sha256: hash.digest('hex'), bytes };
  });
}
