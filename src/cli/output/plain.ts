/** Every figure of a value on a line of its own: the path of its keys, a tab, the figure. For grep and cut. */
export function plainLines(value: unknown, path = ''): string[] {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, inner]) =>
      plainLines(inner, path === '' ? key : `${path}.${key}`),
    );
  return [`${path}\t${String(value ?? '').replace(/\s+/g, ' ')}`];
}
