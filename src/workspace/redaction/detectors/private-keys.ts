import type { View } from '../text/view.ts';
import { BASE64, readRun, restOfRow, startsWord } from '../text/view.ts';
import type { Detection, Detector } from './detector.ts';
import { NOTHING } from './detector.ts';

const BEGIN = /-----BEGIN ?[A-Z0-9 ]{0,24}PRIVATE ?KEY(?: ?BLOCK)?-----/y;
const END = /-----END ?[A-Z0-9 ]{0,24}PRIVATE ?KEY(?: ?BLOCK)?-----/;
const CUT_BEGIN = /^-----BEGIN[A-Z0-9 -]*$/;
const MAX_BEGIN_LENGTH = 70;
/** A last line that a row's end has cut: the block is over, and the rest of the line is no secret. */
const CUT_END = /-----END\b|^-{0,5}END .*PRIVATE/;
/** What follows the first line in the same row: nothing, or the key with `\n` or blanks for its line breaks. */
const FIRST_ROW =
  /^(?:\\r|\\n|\s)*(?:[A-Za-z0-9+/=]{16,}\s+|[A-Za-z0-9+/=]+(?:\\r|\\n)+\s*)*[A-Za-z0-9+/=]*\\?["'`]?[\s+,;)-]*$/;
const FIRST_BODY = /^(?:[A-Za-z0-9+/=\s]|\\[nr])*/;
/** A row of the key: one word of base64, perhaps numbered, in a diff, quoted, or with `\n` written out. */
const ROW =
  /^(?:\d{1,5}[\s:│|→]+)?[\s+\-*#/"'`]{0,12}(?:\\r|\\n)*(?:[A-Za-z0-9+/=]+(?:\\r|\\n)+)*[A-Za-z0-9+/=]*\\?["'`]?[\s+,;)-]*$/;
const KEY_HEADER = /^\W{0,12}(?:Proc-Type|DEK-Info|Version|Comment|Hash):/;
/** Fewer characters are a mention of the first line in code, not a key. */
const MIN_KEY_LENGTH = 32;

/** A PEM or PGP private key, from its first line to its last, or as far as rows look like one. */
export const privateKeys: Detector = {
  starts: ['-----begin'],
  readsRows: true,
  mayBeCut: (view, at) => view.breaks[at] !== 0 || !/[\w-]/.test(view.flat[at - 1] ?? ''),
  read(view, at): Detection {
    BEGIN.lastIndex = at;
    const begin = BEGIN.exec(view.flat);
    if (begin) return readBlock(view, at, at + begin[0].length, 0);
    return { open: view.flat.length - at < MAX_BEGIN_LENGTH && CUT_BEGIN.test(view.flat.slice(at)) };
  },
};

/**
 * The last line of a key. In the row of the first line it must follow the key directly: a text may mention the first
 * line often.
 */
function endIn(row: string, firstRow: boolean): RegExpExecArray | undefined {
  if (!firstRow) return END.exec(row) ?? undefined;
  const body = FIRST_BODY.exec(row)?.[0].length ?? 0;
  const end = END.exec(row.slice(body, body + MAX_BEGIN_LENGTH));
  if (end?.index !== 0) return undefined;
  end.index = body;
  return end;
}

/** Continues a key whose first line was in an earlier part of the text. */
export const restOfPrivateKey = (view: View): Detection => readBlock(view, 0, 0, MIN_KEY_LENGTH);

/**
 * The first bytes of a private key in base64: PKCS #1 (RFC 8017), PKCS #8 (RFC 5958; also encrypted), SEC 1 (RFC 5915),
 * Ed25519 and relatives (RFC 8410), OpenSSH (PROTOCOL.key).
 */
const KEY_HEAD =
  /MII[\w+/]{3}IBA(?:A[JK]|DANBgkq|DALBgkq|DCC)|MII[\w+/]{5}BgkqhkiG9w0BBQ|MI[GH][\w+/]{3}[\w+/]{2}GCSqGSIb3DQEF|M(?:Hc|HQ)CAQEE|MI(?:Gk|Hc)AgEBBE?|MI[GH][\w+/]AgEAMB[AM]GByqGSM49|M[CEF][\w+/]CAQ[AE]wBQYDK2V|b3BlbnNzaC1rZXktdjE/y;
const MAX_BODY = { min: 48, full: 16_384, max: 16_384, rows: 1000 };

/** A private key without its first line, from its first bytes on. */
export const keyBodies: Detector = {
  starts: [
    ...['mii', 'mig', 'mih', 'mhccaqee', 'mhqcaqee', 'mc4caqaw', 'meccaqaw', 'mececaqaw', 'mfecaqew'],
    ...['b3blbnnzac1rzxktdje', 'private-lines:'],
  ],
  mayBeCut: (view, at) => startsWord(view, at),
  read(view, at, start): Detection {
    if (start === 'private-lines:') return readPutty(view, at + start.length);
    KEY_HEAD.lastIndex = at;
    const head = KEY_HEAD.exec(view.flat);
    if (!head || !startsWord(view, at)) return { open: view.flat.length - at < 40 };
    const block = readBlock(view, at, at, 0);
    if (block.finding) return block;
    const { end, open } = readRun(view, at, BASE64, MAX_BODY);
    return end - at >= 40 ? { finding: { rule: 'private-key', from: at, to: end }, open } : { open };
  },
};

/** PuTTY's format: `Private-Lines: 14`, then as many rows of base64. */
function readPutty(view: View, at: number): Detection {
  const rest = /^[ \t]*\d{1,4}/.exec(view.flat.slice(at, at + 16));
  if (!rest) return { open: view.flat.length - at < 16 };
  const from = at + rest[0].length;
  return view.breaks[from] ? readBlock(view, from, from, 0) : { open: from >= view.flat.length };
}

/** A whole PEM file in base64 once more, as in a kubeconfig. */
export const encodedKeys: Detector = {
  starts: ['ls0tls1crudjti'],
  mayBeCut: (view, at) => startsWord(view, at),
  read(view, at): Detection {
    const { end, open } = readRun(view, at, BASE64, { ...MAX_BODY, min: 200 });
    const head = Buffer.from(view.flat.slice(at, Math.min(end, at + 64)), 'base64').toString('latin1');
    return /^-----BEGIN [A-Z0-9 ]{0,24}P(?:R|$)/.test(head)
      ? { finding: { rule: 'private-key', from: at, to: end }, open }
      : { open: open && end - at < 64, barrenTo: end };
  },
};

function readBlock(view: View, from: number, bodyFrom: number, countedBefore: number): Detection {
  let counted = countedBefore;
  const upTo = (to: number): Detection =>
    counted >= MIN_KEY_LENGTH && to > from ? { finding: { rule: 'private-key', from, to } } : NOTHING;

  for (let at = bodyFrom; at < view.flat.length; ) {
    const row = restOfRow(view, at);
    const looksLikeKey = view.breaks[at] ? ROW : FIRST_ROW;
    const end = endIn(row, view.breaks[at] === 0);
    const body = end ? row.slice(0, end.index) : row;
    if (end ? !looksLikeKey.test(body) : !looksLikeKey.test(row) && !KEY_HEADER.test(row)) {
      return view.breaks[at] && CUT_END.test(row) ? upTo(at + row.length) : upTo(at);
    }
    counted += body.replace(/\\[nr]|[^A-Za-z0-9+/=]/g, '').length;
    if (end) return upTo(at + end.index + end[0].length);
    at += row.length;
  }
  if (counted >= MIN_KEY_LENGTH)
    return { finding: { rule: 'private-key', from, to: view.flat.length }, inBlock: true };
  return counted > 0
    ? { finding: { rule: 'private-key', from, to: view.flat.length }, open: true }
    : { open: true };
}
