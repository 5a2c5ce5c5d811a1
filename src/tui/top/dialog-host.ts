import type { Dialogs } from './actions/action.ts';
import type { Input } from './terminal/input.ts';
import { confirmWidget } from './widgets/confirm.ts';
import { editorWidget } from './widgets/editor.ts';
import { listWidget, ticksWidget } from './widgets/list.ts';
import { pagesWidget } from './widgets/pages.ts';
import { isClosed, type Space, type Widget } from './widgets/widget.ts';

interface Shown {
  dialog(widget: Widget<unknown> | null): void;
  notice(notice: { kind: 'done' | 'busy' | 'failed'; text: string } | null): void;
  outside<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** Shows one dialog at a time, and resolves the question that it answers. */
export class DialogHost implements Dialogs {
  readonly #shown: Shown;
  #open: { widget: Widget<unknown>; draft: string | null; answer: (value: unknown) => void } | null = null;
  #isDrawn = false;
  readonly #drafts = new Map<string, string>();

  constructor(shown: Shown) {
    this.#shown = shown;
  }

  get isOpen(): boolean {
    return this.#open !== null;
  }

  /** Whether a key may be for the open dialog: nothing but text is taken before the person can have seen it. */
  get isReady(): boolean {
    return this.#isDrawn || this.#open?.widget.text !== undefined;
  }

  /** The open dialog, if there is one, is on the screen. */
  drawn(): void {
    this.#isDrawn = true;
  }

  readonly choose: Dialogs['choose'] = (list) => this.#ask(listWidget(list));
  readonly tick: Dialogs['tick'] = (list) => this.#ask(ticksWidget(list));
  readonly forget: Dialogs['forget'] = (draft) => void this.#drafts.delete(draft);

  readonly write: Dialogs['write'] = (editor) => {
    const { draft } = editor;
    if (draft === undefined) return this.#ask(editorWidget(editor));
    const text = editor.text || this.#drafts.get(draft);
    return this.#ask(editorWidget({ ...editor, ...(text ? { text } : {}) }), draft);
  };

  readonly confirm: Dialogs['confirm'] = async (question) =>
    (await this.#ask(confirmWidget(question))) === true;
  readonly outside: Dialogs['outside'] = (work) => this.#shown.outside(work);

  readonly read: Dialogs['read'] = async (title, lines) => {
    await this.#ask(pagesWidget({ title, lines }));
  };

  readonly say: Dialogs['say'] = (text, kind = 'done') => this.#shown.notice({ kind, text });

  /** An input for the dialog that is open. `space` is the one that it was drawn in. */
  input(input: Input, space: Space): void {
    const open = this.#open;
    if (!open) return;
    const next = open.widget.input(input, space);
    if (isClosed(next)) this.#close(next.closed);
    else if (next !== open.widget) {
      this.#open = { ...open, widget: next };
      this.#shown.dialog(next);
    }
  }

  /** Leaves the open dialog without an answer. */
  leave(): void {
    if (this.#open) this.#close(null);
  }

  #ask<T>(widget: Widget<T>, draft: string | null = null): Promise<T | null> {
    this.leave();
    this.#isDrawn = false;
    return new Promise((resolve) => {
      this.#open = {
        widget: widget as Widget<unknown>,
        draft,
        answer: (value) => resolve(value as T | null),
      };
      this.#shown.notice(null);
      this.#shown.dialog(this.#open.widget);
    });
  }

  #close(value: unknown): void {
    const open = this.#open;
    this.#open = null;
    if (open && open.draft !== null) this.#drafts.set(open.draft, open.widget.text ?? '');
    this.#shown.dialog(null);
    open?.answer(value);
  }
}
