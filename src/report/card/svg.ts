type Attributes = Record<string, string | number | undefined>;

/** An element with its attributes; `inner` is SVG, not text. */
export function element(name: string, attributes: Attributes, inner = ''): string {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escaped(String(value))}"`],
  );
  return inner === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${inner}</${name}>`;
}

export interface Type {
  size: number;
  fill: string;
  weight?: 400 | 500;
  anchor?: 'start' | 'middle' | 'end';
}

export const FAMILY = "'Fira Sans', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif";
/** The medium font calls itself a family of its own: a program that goes by the names in the files finds it so. */
const MEDIUM = `'Fira Sans Medium', ${FAMILY}`;

/** A line of text on its baseline. */
export const text = (
  x: number,
  y: number,
  said: string,
  { size, fill, weight = 400, anchor }: Type,
): string =>
  element(
    'text',
    {
      x,
      y,
      'font-size': size,
      'font-family': weight === 500 ? MEDIUM : undefined,
      'font-weight': weight,
      fill,
      'text-anchor': anchor,
    },
    escaped(said),
  );

/** A box with round corners; nothing where it has no width. */
export const box = (
  x: number,
  y: number,
  width: number,
  height: number,
  fill: string,
  round = height / 2,
): string =>
  width <= 0 || height <= 0
    ? ''
    : element('rect', {
        x: tidy(x),
        y: tidy(y),
        width: tidy(width),
        height: tidy(height),
        rx: tidy(Math.min(round, width / 2, height / 2)),
        fill,
      });

const tidy = (length: number) => Number(length.toFixed(2));

/** What XML has no other meaning for. Control characters have no place in it at all. */
const escaped = (said: string): string =>
  said
    .replace(/[\u0000-\u001f\u007f\ufffe\uffff]/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
