import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type Connection, openSqlite } from '../../../events/store/connection.ts';
import {
  type ConversationCandidate,
  type ConversationOwner,
  type ConversationSource,
  type Conversations,
  isWithin,
  taskMark,
  theOneOf,
} from '../../contract/conversation.ts';
import type { ProgramPlace } from '../../contract/launch.ts';
import { namesIn } from '../../contract/text-files.ts';
import type { TokenLog } from '../../contract/tokens/use.ts';

interface SessionRow {
  id: string;
  title: string;
  time_created: number;
}

/**
 * OpenCode 1.18.33 takes no id: its conversation is a row of the table `session` in its database from the first prompt
 * on, and what was said are rows of `part`. No file says which process has it open. A prompt of the command line is
 * dropped when a conversation is taken up; `--model` too, since the conversation keeps its own.
 */
export function opencodeConversations(log: TokenLog): Conversations {
  const databases = (place: ProgramPlace): string[] =>
    log.roots(place).flatMap((root) =>
      namesIn(root)
        .filter((name) => log.isLog(name))
        .map((name) => join(root, name)),
    );
  return {
    find: (owner) => {
      const { word } = owner;
      const source: ConversationSource = word === null ? 'folder_and_time' : 'task';
      return theOneOf(
        databases(owner.place).flatMap(
          (path) => reading(path, (database) => candidates(database, owner)) ?? [],
        ),
        source,
      );
    },
    isKept: (id, place) => {
      const found = databases(place).map((path) =>
        reading(path, (database) => database.prepare<[string]>(ONE).get(id) !== undefined),
      );
      return found.includes(true) || (found.includes(null) || found.length === 0 ? null : false);
    },
    openIn: () => ({ kind: 'unknown' }),
    text: 'typed',
    otherFolder: 'works',
    chosenBy: /^(?:--(?:session|continue|fork)\b|-[sc]$)/,
  };
}

const ONE = 'SELECT id FROM session WHERE id = ?';
/** Those of helpers have a parent. */
const BEGUN = `SELECT id, title, time_created FROM session
  WHERE (directory IN (?, ?) OR substr(directory, 1, length(?) + 1) = ? || '/') AND parent_id IS NULL AND time_created >= ? ORDER BY time_created`;
const ASKED = `SELECT 1 FROM part JOIN message ON message.id = part.message_id
  WHERE part.session_id = ? AND message.data ->> '$.role' = 'user' AND instr(part.data, ?) > 0 LIMIT 1`;

function candidates(database: Connection, owner: ConversationOwner): ConversationCandidate[] {
  const { folder, word, since } = owner;
  const real = existsSync(folder) ? realpathSync(folder) : folder;
  // A moment of OpenCode's clock is compared with one of ours, which is the same.
  const begun = database
    .prepare<[string, string, string, string, number], SessionRow>(BEGUN)
    .all(folder, real, real, real, since.getTime() - 1000)
    .filter(({ time_created }) => isWithin(new Date(time_created), owner));
  const asked = database.prepare<[string, string]>(ASKED);
  return begun
    .filter(({ id }) => word === null || asked.get(id, taskMark(word)) !== undefined)
    .map(({ id, title, time_created }) => ({
      id,
      about: `begun ${new Date(time_created).toISOString()}: ${title}`,
    }));
}

/** Null where it cannot be read, or has other tables than 1.18.33. */
function reading<T>(path: string, read: (database: Connection) => T): T | null {
  try {
    const database = openSqlite(path, { readonly: true, timeout: 1000 });
    try {
      return read(database);
    } finally {
      database.close();
    }
  } catch {
    return null;
  }
}
