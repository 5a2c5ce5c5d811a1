/** What a program signals through its terminal, beside what it draws. Texts are cut, and not redacted. */
export type TerminalSignal =
  /** OSC 9 (iTerm2), OSC 99 (kitty) and OSC 777 (rxvt). */
  | { kind: 'notification'; text: string }
  /** OSC 9;4 (ConEmu). */
  | { kind: 'progress'; state: 'none' | 'busy' | 'error' }
  /** OSC 133 (FinalTerm) and OSC 633 (VS Code): a shell is at its prompt, or runs a command. */
  | { kind: 'mark'; at: 'prompt' | 'command' };

/** The numbers of the sequences that are read. */
export const SIGNAL_CODES = [9, 99, 133, 633, 777] as const;
export type SignalCode = (typeof SIGNAL_CODES)[number];

/** Characters of a notification that are read, and of its encoded form. */
const MOST_TEXT = 500;
const MOST_ENCODED = 4000;

const PROGRESS: Readonly<Record<string, 'none' | 'busy' | 'error'>> = {
  '0': 'none',
  '1': 'busy',
  '2': 'error',
  '3': 'busy',
};
const MARKS: Readonly<Record<string, 'prompt' | 'command'>> = {
  A: 'prompt',
  B: 'prompt',
  C: 'command',
  D: 'prompt',
};

/** Reads the operating system commands of one terminal, whatever bytes they hold. Keeps one notification that comes in parts. */
export class TerminalSignals {
  #part = { id: '', text: '' };

  /** `data`: what follows the number and its semicolon. Null if it signals nothing. */
  read(code: SignalCode, data: string): TerminalSignal | null {
    switch (code) {
      case 9:
        return ofCode9(data);
      case 99:
        return this.#ofCode99(data);
      case 777: {
        const [verb, ...words] = data.slice(0, MOST_ENCODED).split(';');
        return verb === 'notify' ? notification(words.join(': ')) : null;
      }
      default: {
        const at = /^([ABCD])(?:;|$)/.exec(data)?.[1];
        return at === undefined ? null : { kind: 'mark', at: MARKS[at] ?? 'prompt' };
      }
    }
  }

  /** `i=1:d=0:p=title;text`: parts with one id are one notification, which `d=1`, the default, ends. */
  #ofCode99(data: string): TerminalSignal | null {
    const split = data.indexOf(';');
    if (split < 0) return null;
    const keys = new Map(
      data
        .slice(0, Math.min(split, 200))
        .split(':')
        .map((pair) => [pair[0], pair.slice(2)]),
    );
    const type = keys.get('p') ?? 'title';
    if (type !== 'title' && type !== 'body') return null;
    const payload = data.slice(split + 1, split + 1 + MOST_ENCODED);
    const text = keys.get('e') === '1' ? Buffer.from(payload, 'base64').toString('utf8') : payload;
    const id = keys.get('i') ?? '';
    const before = this.#part.id === id ? this.#part.text : '';
    const whole = `${before} ${text}`.slice(0, MOST_TEXT);
    const isDone = keys.get('d') !== '0';
    this.#part = isDone ? { id: '', text: '' } : { id, text: whole };
    return isDone ? notification(whole) : null;
  }
}

/** ConEmu has commands of its own below this number, of which 4 is progress. */
function ofCode9(data: string): TerminalSignal | null {
  const [, command, state = ''] = /^(\d{1,2})(?:;(\d?)|$)/.exec(data) ?? [];
  if (command === undefined) return notification(data);
  const progress = command === '4' ? PROGRESS[state] : undefined;
  return progress === undefined ? null : { kind: 'progress', state: progress };
}

function notification(words: string): TerminalSignal | null {
  const text = words
    .slice(0, MOST_TEXT)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
  return text === '' ? null : { kind: 'notification', text };
}
