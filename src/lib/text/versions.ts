/** A version that is only numbers, such as 2.1.332: those alone can be compared. */
export const PLAIN_VERSION = '^\\d{1,9}(?:\\.\\d{1,9}){0,5}$';

const plain = new RegExp(PLAIN_VERSION);

export const isPlainVersion = (version: string): boolean => plain.test(version);

/** The order of two plain versions. A part that is missing is before any other: 1.0 may be each 1.0.x. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [partsOf(one), partsOf(other)];
  const index = left.findIndex((part, at) => part !== right[at]);
  if (index < 0) return left.length - right.length;
  return (left[index] ?? 0) - (right[index] ?? -1);
}

const partsOf = (version: string): number[] => version.split('.').map(Number);
