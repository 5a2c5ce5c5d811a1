import stringWidth from 'string-width';

/** Columns side by side, two blanks between them; the column `stretch` gives way when the terminal is too narrow. */
export function table(
  header: string[],
  rows: string[][],
  width: number,
  stretch = header.length - 1,
): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => stringWidth(row[column] ?? ''))));
  const others = widths.reduce((sum, each, column) => (column === stretch ? sum : sum + each + 2), 0);
  widths[stretch] = Math.max(8, Math.min(widths[stretch] ?? 0, width - others));
  return all
    .map((row) =>
      row
        .map((cell, column) => pad(fit(cell, widths[column] ?? 0), widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The text in at most `width` columns, an ellipsis where it was cut. */
export function fit(text: string, width: number): string {
  const line = text.replace(/\s+/g, ' ');
  if (stringWidth(line) <= width) return line;
  let cut = '';
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    if (stringWidth(cut + segment) > width - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}

const pad = (text: string, width: number) => text + ' '.repeat(Math.max(0, width - stringWidth(text)));
