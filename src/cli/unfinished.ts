/**
 * Waits for `work`. If nothing is left that could ever finish it (a promise that no timer, file or process resolves),
 * Node would end without a word and with the exit code of a success: then `report` is called.
 */
export async function withoutSilence<T>(work: Promise<T>, report: () => void): Promise<T> {
  process.once('beforeExit', report);
  try {
    return await work;
  } finally {
    process.off('beforeExit', report);
  }
}
