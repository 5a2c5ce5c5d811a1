import type { Step } from '../../lib/shapes.ts';
import type { Rows } from '../reader.ts';
import { isResumable } from './json.ts';
import { lostSessions, type SessionRow } from './queries.ts';

/** The workers that `agentpool resume --lost` goes on with, of every coordinator, oldest first. */
export const lostAndResumable = (rows: Rows): SessionRow[] => lostSessions(rows).filter(isResumable);

/** What to do about lost workers, and the command that does it; none if no worker is lost. */
export const lostSteps = (rows: Rows): Step[] => {
  const { length } = lostAndResumable(rows);
  if (length === 0) return [];
  const workers = length === 1 ? '1 lost worker' : `${length} lost workers`;
  return [{ what: `go on with ${workers}`, command: 'agentpool resume --lost' }];
};
