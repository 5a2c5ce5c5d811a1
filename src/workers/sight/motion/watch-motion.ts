import { setTimeout as sleep } from 'node:timers/promises';
import { monotonic } from '../../../lib/time/monotonic.ts';
import { type Moment, Motion } from '../../../terminal/motion/motion.ts';
import type { ScreenReading } from '../look.ts';
import { motionReading } from '../screen-meaning.ts';

/** How long a screen is watched: a timer that counts seconds moves in that time. */
const WATCHED_MS = 1200;
const EVERY_MS = 100;

/** Watches a worker's screen for a moment: the last reading, and what moved. @throws what `look` throws. */
export async function watchMotion(
  look: () => Promise<ScreenReading>,
): Promise<{ reading: ScreenReading; moved: Moment[] }> {
  const motion = new Motion();
  const begun = monotonic();
  for (;;) {
    const reading = await look();
    const now = monotonic();
    const { screen, classification } = reading;
    motion.see(motionReading(screen, classification), now);
    if (now - begun >= WATCHED_MS) return { reading, moved: motion.moments(now) };
    await sleep(EVERY_MS);
  }
}
