import type { StyleRun } from '../../screen/screen.ts';
import type { FormTab } from '../classification-schema.ts';
import { type Row, squeeze } from '../screen/rows.ts';

/** The pages of a form: a row of tabs above its question, or a count of its questions. */
export function tabsIn(head: readonly Row[], foot: readonly Row[]): FormTab[] {
  const words = squeeze(foot.map(({ inner }) => inner).join(' '));
  const hasPages = /\btab next\b|\bshift\+tab prev\b|⇆ tab|\btab\s?\/\s?arrow keys/i.test(words);
  for (const row of head.toReversed()) {
    const found =
      boxedTabs(row) ??
      countedTabs(row) ??
      signedTabs(row) ??
      (hasPages ? (bracketed(row) ?? coloured(row)) : null);
    if (found) return found;
  }
  return [];
}

export const currentTab = (tabs: readonly FormTab[]): FormTab | undefined =>
  tabs.find(({ current }) => current);

const kindOf = (label: string): FormTab['kind'] =>
  /^(?:submit|confirm|review)$/i.test(label) ? 'submit' : 'question';

const BOXED = /^([☐☒☑✔✓□■])\s+(.+)$/u;

/** `←  ☒ Database  ☐ Language  ✔ Submit  →`; a form with one question has only its own box. */
function boxedTabs(row: Row): FormTab[] | null {
  const isForm = /^\s*←\s/.test(row.inner) || /\s→\s*$/.test(row.inner);
  const parts = row.inner
    .replace(/^\s*←|→\s*$/g, '')
    .trim()
    .split(/\s{2,}/);
  const boxes = parts.map((part) => BOXED.exec(part));
  if (!boxes.every((box) => box !== null) || (!isForm && boxes.length > 1)) return null;
  if (!isForm && !/^[☐☒☑]/u.test(parts[0] ?? '')) return null;
  const tabs = boxes.map((box) => ({
    label: squeeze(box?.[2] ?? ''),
    answered: /[☒☑✔✓■]/u.test(box?.[1] ?? ''),
    kind: kindOf(squeeze(box?.[2] ?? '')),
  }));
  const at = highlighted(row, parts);
  return tabs.map((tab, index) => ({
    ...tab,
    answered: tab.kind === 'submit' ? null : tab.answered,
    current: at === null ? tabs.length === 1 : index === at,
  }));
}

const SIGNED = /^(?:\(([✓✔○ ])\) )?(\S.*)$/u;

/** `(✓) Order   Parts   (○) Checks   Submit`: the page that is shown has a background of its own, and no sign. */
function signedTabs(row: Row): FormTab[] | null {
  const parts = row.inner.trim().split(/\s{2,}/);
  const at = highlighted(
    row,
    parts.map((part) => SIGNED.exec(part)?.[2] ?? part),
  );
  const tabs = parts.map((part, index): FormTab & { isSigned: boolean } => {
    const [, sign, label = ''] = SIGNED.exec(part) ?? [];
    const answered = sign === undefined ? null : /[✓✔]/u.test(sign);
    return {
      label: squeeze(label),
      current: index === at,
      answered,
      kind: kindOf(label),
      isSigned: sign !== undefined,
    };
  });
  const questions = tabs.slice(0, -1);
  const isForm =
    tabs.at(-1)?.kind === 'submit' &&
    tabs.at(-1)?.isSigned === false &&
    questions.every(({ kind, isSigned, current }) => kind === 'question' && (isSigned || current));
  return isForm && questions.length > 0 ? tabs.map(({ isSigned: _, ...tab }) => tab) : null;
}

/** `Question 1/2 (2 unanswered)` */
function countedTabs(row: Row): FormTab[] | null {
  const [, at, count] = /^\s*Question (\d{1,2})\/(\d{1,2})\b/.exec(row.inner) ?? [];
  if (at === undefined || Number(count) < 1) return null;
  return Array.from({ length: Number(count) }, (_, index) => ({
    label: `Question ${index + 1}`,
    current: index + 1 === Number(at),
    answered: null,
    kind: 'question' as const,
  }));
}

/** ` [Database]  Language` */
function bracketed(row: Row): FormTab[] | null {
  const parts = row.inner.trim().split(/\s{2,}/);
  if (parts.length < 2 || parts.filter((part) => /^\[.+\]$/.test(part)).length !== 1) return null;
  return parts.map((part) => {
    const label = part.replace(/^\[|\]$/g, '');
    return { label, current: label !== part, answered: null, kind: kindOf(label) };
  });
}

/** ` Order   Parts   Confirm`: the one that is shown has a background of its own, those without an answer the colour of the last. */
function coloured(row: Row): FormTab[] | null {
  const parts = row.inner.trim().split(/\s{2,}/);
  const last = parts.at(-1) ?? '';
  if (parts.length < 2 || kindOf(last) !== 'submit') return null;
  const at = highlighted(row, parts);
  const colours = parts.map((part) => styleAt(row, part)?.fg ?? '');
  const open = at === parts.length - 1 ? null : colours.at(-1);
  return parts.map((label, index) => {
    const kind = index === parts.length - 1 ? ('submit' as const) : ('question' as const);
    const isKnown = kind === 'question' && index !== at && row.runs !== undefined && open !== null;
    return { label, current: index === at, answered: isKnown ? colours[index] !== open : null, kind };
  });
}

/** The index of the only part that has a background of its own; null where none, or several, have. */
function highlighted(row: Row, parts: readonly string[]): number | null {
  if (!row.runs) return null;
  const drawn = parts.map((part) => {
    const style = styleAt(row, part);
    return `${style?.bg ?? ''}${style?.inverse ? '!' : ''}`;
  });
  const alone = drawn.flatMap((one, at) =>
    one !== '' && drawn.every((other, each) => each === at || other !== one) ? [at] : [],
  );
  return alone.length === 1 ? (alone[0] ?? null) : null;
}

function styleAt(row: Row, part: string): StyleRun | undefined {
  const at = row.raw.indexOf(part);
  return row.runs?.find(({ start, end }) => start <= at && at < end);
}
