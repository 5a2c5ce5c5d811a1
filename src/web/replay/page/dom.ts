// Nodes are made and text is set: no markup is ever built from data.

type Attributes = Readonly<Record<string, string | number | boolean | null>>;

/** An element with a class, and children or a text. An attribute that is null or false is left out. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = '',
  children: string | readonly (Node | string)[] = [],
  attributes: Attributes = {},
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag);
  if (className !== '') node.className = className;
  node.append(...(typeof children === 'string' ? [children] : children));
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) node.setAttribute(name, value === true ? '' : String(value));
  }
  return node;
}

export function button(
  className: string,
  children: string | readonly (Node | string)[],
  onClick: () => void,
  attributes: Attributes = {},
): HTMLButtonElement {
  const node = element('button', className, children, { type: 'button', ...attributes });
  node.addEventListener('click', onClick);
  return node;
}

const SVG = 'http://www.w3.org/2000/svg';

/** One of the symbols of the page. */
export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', `icon-sign kind-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

/** An element of page.html. Throws if there is none: then the page itself is damaged. */
export function byId(id: string): HTMLElement {
  const node = document.getElementById(id);
  if (!node) throw new Error(`the page has no #${id}`);
  return node;
}

export function inputById(id: string): HTMLInputElement {
  const node = byId(id);
  if (!(node instanceof HTMLInputElement)) throw new Error(`#${id} is no input`);
  return node;
}

export function selectById(id: string): HTMLSelectElement {
  const node = byId(id);
  if (!(node instanceof HTMLSelectElement)) throw new Error(`#${id} is no choice`);
  return node;
}

export function dialogById(id: string): HTMLDialogElement {
  const node = byId(id);
  if (!(node instanceof HTMLDialogElement)) throw new Error(`#${id} is no dialog`);
  return node;
}

export const setUse = (id: string, name: string): void => byId(id).setAttribute('href', `#i-${name}`);
