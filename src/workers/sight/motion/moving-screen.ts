import { Motion } from '../../../terminal/motion/motion.ts';
import { moveWords } from '../../../terminal/motion/words.ts';
import type { ScreenReading } from '../look.ts';
import { motionReading } from '../screen-meaning.ts';
import { isMotionAsked, MOTION } from './motion.ts';

/**
 * Reads one screen after the other as the watcher does: one that no rule takes for work is work all the same while the
 * agent writes on it, or a sign turns beside a counter.
 */
export class MovingScreen {
  readonly #motion = new Motion();

  see(reading: ScreenReading, now: number): ScreenReading {
    const { screen, classification } = reading;
    this.#motion.see(motionReading(screen, classification), now);
    const work = isMotionAsked(classification) ? this.#motion.work(now) : [];
    if (work.length === 0) return reading;
    const evidence = work.map((moment) => `${moveWords(moment)}: ${moment.row.trim()}`);
    return { ...reading, classification: { ...classification, label: 'working', rule: MOTION, evidence } };
  }
}

/** Whether nothing but motion says what the screen means. */
export const isByMotion = ({ classification }: ScreenReading): boolean => classification.rule === MOTION;
