const BOX = /^(?:\[([ xX✓✔*☒■●-]?)\]|\(([ xX*●])\)|([☐☑☒◯◉◻◼▢▣✓✔•○●]))(?:\s+|$)/u;
const TICKED = /^[xX✓✔*☒☑■●◉◼▣]$/u;
/** Signs that are drawn for nothing else. The others also mark the one that is taken, or begin a row of any list. */
const SURE = /^(?:\[|[☐☑☒◻◼▢▣])/u;

/** A box before the label of a choice. */
export interface CheckBox {
  checked: boolean;
  /** Whether it is a box by its sign alone. */
  sure: boolean;
  /** The label behind it. */
  label: string;
}

export function checkBoxOf(label: string): CheckBox | null {
  const match = BOX.exec(label);
  if (!match) return null;
  const sign = match[1] ?? match[2] ?? match[3] ?? '';
  return { checked: TICKED.test(sign), sure: SURE.test(label), label: label.slice(match[0].length) };
}
