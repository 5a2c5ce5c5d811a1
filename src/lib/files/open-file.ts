import { closeSync, openSync, writeSync } from 'node:fs';

/** Writes all the bytes at a position of an open file. */
export function writeAtSync(file: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(file, bytes, done, bytes.length - done, position + done);
}

/** Opens a file, calls `use` with it and closes it, also when that throws. */
export function withOpenFile<Result>(
  path: string,
  { flags, mode }: { flags: string | number; mode?: number },
  use: (file: number) => Result,
): Result {
  const file = openSync(path, flags, mode);
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}
