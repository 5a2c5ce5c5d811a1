/**
 * Milliseconds of a clock that cannot be set: for measuring how long something takes or may take. The time of day jumps
 * when it is set, and is only for what is shown and stored. Loads no module, unlike `performance`.
 */
export const monotonic = (): number => Number(process.hrtime.bigint()) / 1e6;
