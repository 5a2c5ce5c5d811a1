/** Numbers that are the same in every run, so that the same ledger is produced again. */
export interface Random {
  /** From 0 up to 1, 1 excluded. */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  between(min: number, max: number): number;
  pick<T>(from: readonly T[]): T;
  /** Random letters and digits. */
  letters(count: number): string;
  uuid(): string;
}

/** The mulberry32 generator. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const bits = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const next = () => bits() / 2 ** 32;
  const between = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  const pick = <T>(from: readonly T[]) => from[between(0, from.length - 1)] as T;
  const alphabet = [...'23456789abcdefghjkmnpqrstuvwxyz'];
  const letters = (count: number) => Array.from({ length: count }, () => pick(alphabet)).join('');
  const word = () => bits().toString(16).padStart(8, '0');
  const uuid = () => {
    const digits = word() + word() + word() + word();
    return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20)}`;
  };
  return { next, between, pick, letters, uuid };
}
