/** Every figure of a value on its own line: the path of its keys, a tab, the figure. For grep and cut. */
export function plainLines(value: unknown, path = ''): string[] {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, inner]) =>
      plainLines(inner, path === '' ? key : `${path}.${key}`),
    );
  return [plainRecord(path, value)];
}

/** One record of a list on one line, its figures separated by tabs. */
export const plainRecord = (...figures: unknown[]): string =>
  figures.map((figure) => String(figure ?? '').replace(/\s+/g, ' ')).join('\t');
