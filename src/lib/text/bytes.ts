const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** 512 B, 12.3 KiB, 4 MiB, 1.2 GiB. */
export function bytes(count: number): string {
  const power = count < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(count) / 10));
  return `${Number((count / 1024 ** power).toFixed(1))} ${UNITS[power]}`;
}
