/** How far a mark may be drawn from its place, and how close to another one, in pixels. */
const SHIFTS = [0, 3, -3, 6, -6, 10, -10];
const APART = 18;

/**
 * The places of marks on a line, in pixels. Each is where it belongs or close to it; the first ones come first, and one
 * that finds no free place gets null.
 */
export function placedMarks(wanted: readonly number[], width: number): (number | null)[] {
  // By the place in steps of the distance, so that only neighbours are compared.
  const taken = new Map<number, number[]>();
  const isFree = (place: number): boolean => {
    const slot = Math.floor(place / APART);
    return [slot - 1, slot, slot + 1].every((each) =>
      (taken.get(each) ?? []).every((other) => Math.abs(other - place) >= APART),
    );
  };
  const half = APART / 2;
  return wanted.map((home) => {
    for (const shift of SHIFTS) {
      const place = Math.min(Math.max(home + shift, half), Math.max(width - half, half));
      if (!isFree(place)) continue;
      const slot = Math.floor(place / APART);
      taken.set(slot, [...(taken.get(slot) ?? []), place]);
      return place;
    }
    return null;
  });
}

/** The steps between the times above the timeline, in s. */
const STEPS = [
  ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600],
  ...[7200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000],
];

/**
 * The times that are written above a timeline: round ones, in ms of real time, none closer than `apart` pixels to another.
 * `toReal` and `toPlace` convert between places in pixels and real time; stretches that are folded get none.
 */
export function ticks(
  { width, end, apart }: { width: number; end: number; apart: number },
  toReal: (place: number) => number,
  toPlace: (real: number) => number,
): { at: number; place: number }[] {
  const perStep = (seconds: number) => ((seconds * 1000) / end) * width;
  const step = 1000 * (STEPS.find((seconds) => perStep(seconds) >= apart) ?? (STEPS.at(-1) as number));
  const found: { at: number; place: number }[] = [];
  let free = 0;
  for (let place = 0; place < width; place += apart / 4) {
    const at = Math.ceil(toReal(place) / step) * step;
    const own = toPlace(at);
    // In a fold a round time has no place of its own.
    if (Math.abs(toReal(own) - at) > 1 || own < free || own > width - apart * 0.6) continue;
    if (own - place > apart) continue;
    found.push({ at, place: own });
    free = own + apart;
  }
  return found;
}
