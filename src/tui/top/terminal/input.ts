/** What a person did at the terminal, or what the terminal answered. */
export type Input = Key | Mouse | Paste | BackgroundColour | { kind: 'attributes' };

export interface Key {
  kind: 'key';
  /** `char` for one that types `text`; else its name. */
  name: KeyName;
  text: string;
  ctrl: boolean;
  alt: boolean;
  shift: boolean;
}

export type KeyName =
  | 'char'
  | 'enter'
  | 'escape'
  | 'tab'
  | 'backspace'
  | 'delete'
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'pageup'
  | 'pagedown'
  | 'other';

export interface Mouse {
  kind: 'mouse';
  action: 'press' | 'release' | 'move' | 'wheel-up' | 'wheel-down';
  /** From 0. */
  column: number;
  row: number;
}

export interface Paste {
  kind: 'paste';
  text: string;
}

/** The terminal's answer about its background; each part 0 to 1. */
export interface BackgroundColour {
  kind: 'background';
  red: number;
  green: number;
  blue: number;
}

const NAMES: Readonly<Record<string, KeyName>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  Z: 'tab',
  '1~': 'home',
  '3~': 'delete',
  '4~': 'end',
  '5~': 'pageup',
  '6~': 'pagedown',
  '7~': 'home',
  '8~': 'end',
};

export const key = (name: KeyName, more: Partial<Key> = {}): Key => ({
  kind: 'key',
  name,
  text: '',
  ctrl: false,
  alt: false,
  shift: false,
  ...more,
});

const PASTE_START = '\x1b[200~';
const PASTE_END = '\x1b[201~';
/** A paste that never ends, or an answer that is none, must not fill the memory. */
const MOST_PENDING = 4 * 1024 * 1024;
const MOST_SEQUENCE = 256;

/**
 * Reads what a terminal sends. A sequence may arrive in parts: what is not complete waits for the next part, and `flush`
 * gives up on it, which makes an Escape key of a lone ESC.
 */
export class InputReader {
  #pending = '';

  /** Whether something waits for its end; a paste takes as long as it takes. */
  get isUnfinished(): boolean {
    return this.#pending !== '' && !this.#pending.startsWith(PASTE_START);
  }

  read(text: string): Input[] {
    this.#pending += text;
    const inputs: Input[] = [];
    while (this.#pending !== '') {
      const found = next(this.#pending);
      if (found === null) break;
      this.#pending = this.#pending.slice(found.length);
      if (found.input) inputs.push(found.input);
    }
    if (this.#pending.length > MOST_PENDING) this.#pending = '';
    return inputs;
  }

  /** What is left is all there is: an Escape key, and then the rest as typed. */
  flush(): Input[] {
    if (!this.isUnfinished) return [];
    const rest = this.#pending.slice(1);
    this.#pending = '';
    return rest === '' || this.isSequence(rest) ? [key('escape')] : [key('escape'), ...this.read(rest)];
  }

  private isSequence(rest: string): boolean {
    return /^[[\]O]/.test(rest);
  }
}

interface Found {
  length: number;
  input: Input | null;
}

/** The first input of a text; null if it is not complete. */
function next(text: string): Found | null {
  if (text.startsWith(PASTE_START)) return paste(text);
  if (text.startsWith('\x1b[')) return sequence(text);
  if (text.startsWith('\x1bO')) return text.length < 3 ? null : named(text.slice(2, 3), 3);
  if (/^\x1b[\]P_^X]/.test(text)) return answer(text);
  if (text.startsWith('\x1b')) return altered(text);
  const char = [...text.slice(0, 2)][0] ?? '';
  return { length: char.length, input: typed(char) };
}

function paste(text: string): Found | null {
  const end = text.indexOf(PASTE_END);
  if (end < 0) return null;
  const pasted = text.slice(PASTE_START.length, end).replace(/\r\n?/g, '\n');
  return { length: end + PASTE_END.length, input: { kind: 'paste', text: pasted } };
}

function sequence(text: string): Found | null {
  const mouse = /^\x1b\[<(\d{1,4});(\d{1,5});(\d{1,5})([Mm])/.exec(text);
  if (mouse) return { length: mouse[0].length, input: mouseInput(mouse) };
  const whole = /^\x1b\[([0-?]*)[ -/]*([@-~])/.exec(text);
  if (!whole) {
    // No terminal sends this: it is not waited for.
    const isHopeless = text.length > MOST_SEQUENCE || !/^\x1b\[[0-?]*[ -/]*$/.test(text);
    return isHopeless ? { length: 2, input: null } : null;
  }
  const [all, parameters = '', final = ''] = whole;
  if (final === 'c' && parameters.startsWith('?'))
    return { length: all.length, input: { kind: 'attributes' } };
  const [first = '', modifiers = ''] = parameters.split(';');
  return named(final === '~' ? `${first}~` : final, all.length, Number(modifiers || '1') - 1);
}

function named(name: string, length: number, modifiers = 0): Found {
  const known = NAMES[name] ?? 'other';
  const input = key(known, {
    shift: (modifiers & 1) > 0 || name === 'Z',
    alt: (modifiers & 2) > 0,
    ctrl: (modifiers & 4) > 0,
  });
  return { length, input: known === 'other' ? null : input };
}

/** What the terminal says about itself (OSC, DCS). Only its background is of use. */
function answer(text: string): Found | null {
  const end = /\x07|\x1b\\/.exec(text.slice(2));
  if (!end) return text.length > MOST_SEQUENCE ? { length: 2, input: null } : null;
  const body = text.slice(2, 2 + end.index);
  const length = 2 + end.index + end[0].length;
  const colour = /^11;rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})/i.exec(body);
  if (!colour || !text.startsWith('\x1b]')) return { length, input: null };
  const [red = 0, green = 0, blue = 0] = colour
    .slice(1)
    .map((part) => Number.parseInt(part, 16) / (16 ** part.length - 1));
  return { length, input: { kind: 'background', red, green, blue } };
}

/** A key that was pressed with Alt; a lone ESC may be the beginning of one. */
function altered(text: string): Found | null {
  if (text.length === 1) return null;
  if (text[1] === '\x1b') return { length: 1, input: key('escape') };
  const char = [...text.slice(1, 3)][0] ?? '';
  const pressed = typed(char);
  return { length: 1 + char.length, input: pressed && { ...pressed, alt: true } };
}

function typed(char: string): Key | null {
  if (char === '\r') return key('enter');
  // Ctrl-J, which terminals also send for Shift-Enter or Ctrl-Enter.
  if (char === '\n') return key('enter', { ctrl: true });
  if (char === '\t') return key('tab');
  if (char === '\x7f' || char === '\b') return key('backspace');
  const code = char.charCodeAt(0);
  if (code === 0) return null;
  if (code < 0x20) return key('char', { text: String.fromCharCode(code + 0x60), ctrl: true });
  return key('char', { text: char });
}

function mouseInput([, button = '', column = '', row = '', final = '']: readonly string[]): Mouse | null {
  const code = Number(button);
  const place = { column: Number(column) - 1, row: Number(row) - 1 };
  if (code & 64) {
    if ((code & 3) > 1) return null;
    return { kind: 'mouse', action: code & 1 ? 'wheel-down' : 'wheel-up', ...place };
  }
  if (code & 32) return { kind: 'mouse', action: 'move', ...place };
  // Only the left button does anything: the others belong to the terminal.
  if ((code & 3) !== 0) return null;
  return { kind: 'mouse', action: final === 'M' ? 'press' : 'release', ...place };
}

/** Whether a background is light, by its luminance. */
export const isLight = ({ red, green, blue }: BackgroundColour): boolean =>
  0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5;
