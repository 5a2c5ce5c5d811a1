import { BARE, isAfterBlank, matchAt, valueAt } from '../text/readers.ts';
import { isPlaceholder, isRandom } from '../text/values.ts';
import { BASE64, codesOf, readRun, rowUpTo, spansParagraphs, startsWord, WORD_DASH } from '../text/view.ts';
import type { Detection, Detector } from './detector.ts';
import { NOTHING } from './detector.ts';
import { isUserAndPassword } from './headers.ts';

const COLON = /\\{0,3}["'`]?\]?[ \t]*[:=][ \t]*\\{0,3}["'`]?/y;

/** `"auth": "<base64 of user:password>"` in the configuration of docker and npm. */
const dockerAuth: Detector = {
  starts: ['auth'],
  isName: true,
  mayBeCut: (view, at) => startsWord(view, at),
  read(view, at, start): Detection {
    const after = at + start.length;
    const colon = matchAt(COLON, view, after);
    if (!colon) return { open: view.flat.length - after < 8 };
    const from = after + colon[0].length;
    if (spansParagraphs(view, at, from)) return NOTHING;
    const { end, open } = readRun(view, from, BASE64, { min: 12, full: 2048, max: 2048 });
    const value = view.flat.slice(from, end);
    return end - from >= 12 && isUserAndPassword(value)
      ? { finding: { rule: 'basic-auth', from, to: end }, open }
      : { open };
  },
};

const MEMBER_END = /\\{0,3}["'][ \t]*:[ \t]*\\{0,3}["']/y;
const LONG_MEMBER = 43;

/** The private members of a JSON Web Key (RFC 7518, section 6): 32 bytes or more in base64url. */
const webKey: Detector = {
  starts: ['"d', '"k', '"p', '"q', '"dp', '"dq', '"qi', "'d"],
  isName: true,
  mayBeCut: () => false,
  read(view, at, start): Detection {
    const after = at + start.length;
    const colon = matchAt(MEMBER_END, view, after);
    if (!colon) return { open: view.flat.length - after < 8 };
    const from = after + colon[0].length;
    if (spansParagraphs(view, at, from)) return NOTHING;
    const { end, open } = readRun(view, from, WORD_DASH, { min: LONG_MEMBER, full: 2048, max: 2048 });
    const value = view.flat.slice(from, end);
    const isMember = value.length >= LONG_MEMBER && !/^[0-9a-f]+$/i.test(value) && isRandom(value);
    return isMember ? { finding: { rule: 'private-key', from, to: end }, open } : { open, barrenTo: end };
  },
};

const PGPASS_REST = /[\w*-]{1,64}:[\w.*@-]{1,64}:(?=\S)/y;

/** A line of .pgpass: host:port:database:user:password. */
const pgpass: Detector = {
  starts: [
    ':5432:',
    ':5433:',
    ':5434:',
    ':5439:',
    ':6432:',
    ':6543:',
    ':15432:',
    ':25060:',
    ':26257:',
    ':*:',
  ],
  isName: true,
  mayBeCut: (view, at, cut) => cut - at > 2 && /[\w*]/.test(view.flat[at - 1] ?? ''),
  read(view, at, start): Detection {
    if (!/[\w*]$/.test(rowUpTo(view, at).slice(-1))) return NOTHING;
    const after = at + start.length;
    const rest = matchAt(PGPASS_REST, view, after);
    if (!rest) return { open: view.flat.length - after < 130 };
    const from = after + rest[0].length;
    if (spansParagraphs(view, at, from)) return NOTHING;
    const value = valueAt(
      view,
      from,
      BARE,
      (text) => text.length >= 6 && !isPlaceholder(text) && /[A-Za-z]/.test(text) && !text.includes('://'),
    );
    return value.isAccepted
      ? { finding: { rule: 'password', from: value.from, to: value.to }, open: value.open }
      : { open: value.open, barrenTo: value.to };
  },
};

const PHRASE_LEAD = /[\w-]{0,24}\\?["'`]?\]?[ \t]*(?:[:=]|is|are)?[ \t]*[:=]?[ \t]*\\?["'`]?/iy;
const PHRASE = codesOf('abcdefghijklmnopqrstuvwxyz \t');
const MIN_WORDS = 12;
const MAX_PHRASE = 24 * 10;

/** The words of a wallet (BIP 39), after their name. */
const mnemonic: Detector = {
  starts: [
    ...['mnemonic', 'seed phrase', 'seed_phrase', 'seedphrase', 'seed words', 'recovery phrase'],
    ...['recovery_phrase', 'recoveryphrase', 'secret phrase', 'secret recovery phrase', 'backup phrase'],
  ],
  isName: true,
  mayBeCut: (view, at) => startsWord(view, at),
  read(view, at, start): Detection {
    const after = at + start.length;
    const lead = matchAt(PHRASE_LEAD, view, after);
    const from = after + (lead?.[0].length ?? 0);
    if (spansParagraphs(view, at, from)) return NOTHING;
    let words = 1;
    let i = from;
    for (; i < view.flat.length && i - from < MAX_PHRASE && PHRASE.has(view.flat.charCodeAt(i)); i++) {
      if (i > from && (view.breaks[i] ?? 0) > 1) break;
      if (
        i > from &&
        (view.breaks[i] || (/[ \t]/.test(view.flat[i] ?? '') && !/[ \t]/.test(view.flat[i - 1] ?? '')))
      )
        words++;
    }
    const open = i === view.flat.length && i - from < MAX_PHRASE;
    const isPhrase =
      words >= MIN_WORDS && !/(?:^| )\w{1,2} |\w{9}| (?:the|and|for|are) /.test(view.flat.slice(from, i));
    return isPhrase ? { finding: { rule: 'seed-phrase', from, to: i }, open } : { open };
  },
};

const LOGIN_LEAD = /[ \t]*\S{1,100}?[ \t]*(?:account[ \t]+\S{1,64}[ \t]*)?password[ \t]*(?=\S)/y;

/** `machine H login U password P`, in one row or three. */
const netrc: Detector = {
  starts: ['login'],
  isName: true,
  mayBeCut: (view, at) => startsWord(view, at),
  read(view, at, start): Detection {
    const before = rowUpTo(view, at);
    if (
      !/^(?:.{0,20}machine\s+\S{1,100}\s*|default\s*)?$/.test(before.slice(-160)) ||
      !isAfterBlank(view, at)
    )
      return NOTHING;
    const after = at + start.length;
    const lead = matchAt(LOGIN_LEAD, view, after);
    const open = view.flat.length - after < 200;
    if (!lead) return { open };
    const from = after + lead[0].length;
    if (spansParagraphs(view, at, from) || !isAfterBlank(view, from) || /[:=]/.test(lead[0])) return NOTHING;
    const value = valueAt(
      view,
      from,
      BARE,
      (text) => text.length >= 5 && !isPlaceholder(text) && (before !== '' || /\d/.test(text)),
    );
    return value.isAccepted
      ? { finding: { rule: 'password', from: value.from, to: value.to }, open: value.open || open }
      : { open: value.open || open };
  },
};

export const fields: readonly Detector[] = [dockerAuth, webKey, pgpass, mnemonic, netrc];
