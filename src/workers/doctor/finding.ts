/** What one look at the system came to. */
export interface Finding {
  check: string;
  ok: boolean;
  /** info: as it should be. warning: works, but not as it should. error: something will fail, or secrets lie open. */
  severity: 'info' | 'warning' | 'error';
  /** One line: what is the case. */
  found: string;
  /** Commands that mend it, each on its own; empty where there is nothing to mend. */
  mend: string[];
}

export const fine = (check: string, found: string): Finding => ({
  check,
  ok: true,
  severity: 'info',
  found,
  mend: [],
});

export const doubtful = (check: string, found: string, ...mend: string[]): Finding => ({
  check,
  ok: false,
  severity: 'warning',
  found,
  mend,
});

export const broken = (check: string, found: string, ...mend: string[]): Finding => ({
  check,
  ok: false,
  severity: 'error',
  found,
  mend,
});
