import { accountHash } from '../../agents/contract/limits/account-hash.ts';
import type { LoginPlace } from '../../agents/contract/limits/reading.ts';
import type { UsageSample } from '../../agents/contract/limits/sample.ts';

/** Whose figures are asked for, as far as that is known before an answer. */
export interface Login {
  /** A hash of the folder that separates it from other logins. */
  folder: string;
  /** A hash of the account's id; null where only an answer says it. */
  id: string | null;
}

export const loginAt = ({ folder, id }: LoginPlace): Login => ({
  folder: accountHash('folder', folder),
  id: id === null ? null : accountHash('id', id),
});

const folderOf = ({ raw }: UsageSample): string | null =>
  typeof raw.login_folder === 'string' ? raw.login_folder : null;

/**
 * Whether figures that were kept are of the login that is asked now. A sample that knows neither its account nor its
 * folder is of a time when there was but one.
 */
export function isSameAccount(kept: UsageSample, login: Login | null): boolean {
  if (login === null) return true;
  const [account, folder] = [kept.account ?? null, folderOf(kept)];
  const isIdKnown = account !== null && account !== folder;
  if (login.id !== null && isIdKnown) return account === login.id;
  return folder === null || folder === login.folder;
}

/** What a sample says of its account: what the answer says, else what is known of the login. */
export function accountOf(
  reported: string | null,
  login: Login | null,
  last: UsageSample | undefined,
): string | null {
  if (reported !== null) return reported;
  if (login === null) return null;
  const known = last && isSameAccount(last, login) ? (last.account ?? null) : null;
  return login.id ?? known ?? login.folder;
}
