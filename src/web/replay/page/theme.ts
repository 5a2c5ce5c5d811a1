import type { ThemeName } from '../recording/colours.ts';
import { byId } from './dom.ts';

type Choice = 'auto' | ThemeName;

const AFTER: Readonly<Record<Choice, Choice>> = { auto: 'light', light: 'dark', dark: 'auto' };

/** Dark or light: as the system says, until a person chooses. */
export class Theme {
  readonly #system = matchMedia('(prefers-color-scheme: dark)');
  readonly #painted: (name: ThemeName) => void;
  #choice: Choice = 'auto';

  constructor(painted: (name: ThemeName) => void) {
    this.#painted = painted;
    this.#system.addEventListener('change', () => this.paint());
  }

  next(): void {
    this.#choice = AFTER[this.#choice];
    this.paint();
  }

  paint(): void {
    const name = this.#choice === 'auto' ? (this.#system.matches ? 'dark' : 'light') : this.#choice;
    document.documentElement.dataset.theme = name;
    byId('theme-text').textContent = this.#choice;
    byId('theme').setAttribute('aria-label', `Colours: ${this.#choice}`);
    this.#painted(name);
  }
}
