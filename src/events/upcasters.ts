/** Converts the data of one version of a type to the next. Stored bytes stay unchanged. */
export interface Upcaster {
  type: string;
  /** The version it reads; it yields `from + 1`. */
  from: number;
  up: (data: unknown) => unknown;
}

/** The steps, in any order. Raising the version of a type in the catalogue needs a step here in the same commit. */
export const upcasters: readonly Upcaster[] = Object.freeze([]);

/** Every fault of the steps: missing, duplicate, or past the current version. */
export function chainFaults(current: Record<string, number>, chain: readonly Upcaster[]): string[] {
  const found: string[] = [];
  const steps = new Map<string, Set<number>>();
  for (const { type, from } of chain) {
    const seen = steps.get(type) ?? new Set<number>();
    if (seen.has(from)) found.push(`${type}: two upcasters read version ${from}`);
    if (current[type] === undefined) found.push(`${type}: upcaster of a type that the catalogue lacks`);
    else if (from < 1 || from >= current[type]) {
      found.push(`${type}: an upcaster reads version ${from}, the current one is ${current[type]}`);
    }
    steps.set(type, seen.add(from));
  }
  for (const [type, version] of Object.entries(current)) {
    for (let from = 1; from < version; from++) {
      if (!steps.get(type)?.has(from)) found.push(`${type}: no upcaster reads version ${from}`);
    }
  }
  return found;
}

/** Raises data from `version` to `current`. Throws if a step is missing, which `chainFaults` detects at start. */
export function upcast(
  type: string,
  version: number,
  current: number,
  data: unknown,
  chain: readonly Upcaster[] = upcasters,
): unknown {
  let raised = data;
  for (let at = version; at < current; at++) {
    const step = chain.find((candidate) => candidate.type === type && candidate.from === at);
    if (!step) throw new Error(`no upcaster reads ${type} version ${at}`);
    raised = step.up(raised);
  }
  return raised;
}
