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
/** The medium font file names its own family: programs that go by the names in font files find it here. */
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

/** A box with round corners; empty if it has no width. */
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

/** Escapes a text for XML, without control characters, most of which XML does not allow. */
const escaped = (said: string): string =>
  said
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufffe\uffff]/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
