import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventOf } from '../../events/catalogue/index.ts';
import { writePrivateFileSync } from '../../lib/files/atomic-file.ts';
import { workerStream } from '../../machines/worker/state.ts';
import { allLeases } from '../../projections/leases/queries.ts';
import { sessionId } from '../../projections/sessions/changes.ts';
import { liveSessions, sessionById } from '../../projections/sessions/queries.ts';
import type { AppContext } from '../core/context.ts';
import { forgetTerminals } from './bell.ts';
import { lossOf, NOTIFYING_TYPES, notificationOf } from './notification.ts';
import { sendNotification } from './send.ts';

/** How long a stopping watcher waits for notifications that are being sent, in milliseconds. */
const LAST_MS = 1000;

/**
 * Follows the log and sends a notification of each wait and each end, once. The position is recorded before sending: a
 * watcher that is killed in between leaves one unsent, and none is sent twice.
 */
export class Notifier {
  readonly #app: AppContext;
  readonly #fault: (what: string, error: unknown) => void;
  readonly #stop = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  readonly #file: string;
  #reported: number;
  #isOff: boolean;

  constructor(app: AppContext, fault: (what: string, error: unknown) => void) {
    this.#app = app;
    this.#fault = fault;
    this.#file = join(app.paths.run, 'notified.json');
    const live = liveSessions(app.ledger);
    forgetTerminals(app, new Set(live.map(({ id }) => id)));
    this.#isOff = app.config.notify === 'off';
    // Events while notifications are off are not sent later.
    if (this.#isOff) this.#forget();
    this.#reported =
      this.#recordedPosition() ?? (live[0]?.position ?? app.ledger.store.lastPosition() + 1) - 1;
    if (!this.#isOff) this.#keep();
  }

  /** Sends what has happened since the last call, by the current `notify` of config.yaml; does not wait for it. */
  report(): void {
    const { ledger, config } = this.#app;
    const last = ledger.store.lastPosition();
    const wasOff = this.#isOff;
    this.#isOff = config.notify === 'off';
    if (this.#isOff) {
      if (!wasOff) this.#forget();
      this.#reported = last;
      return;
    }
    if (wasOff) this.#keep();
    const events = [...ledger.events({ from: this.#reported + 1, types: [...NOTIFYING_TYPES] })];
    this.#reported = Math.max(this.#reported, last, events.at(-1)?.position ?? 0);
    const found = events.flatMap((event) => {
      const news =
        event.type === 'lease.expired'
          ? this.#lossAt(event)
          : this.#notificationAt(sessionId(event), event.position);
      return news ?? [];
    });
    if (found.length === 0) return;
    this.#keep();
    for (const news of found) {
      const sent: Promise<void> = sendNotification(this.#app, news, this.#stop.signal)
        .catch((error) => this.#fault(`notify of ${news.session_id}`, error))
        .finally(() => this.#underWay.delete(sent));
      this.#underWay.add(sent);
    }
  }

  /** Gives notifications that are being sent a moment, then ends them. */
  async close(): Promise<void> {
    const all = Promise.allSettled(this.#underWay);
    await Promise.race([all, sleep(LAST_MS, undefined, { ref: false })]);
    this.#stop.abort();
    await all;
  }

  #notificationAt(id: string, position: number) {
    const { ledger, config } = this.#app;
    const session = sessionById(ledger, id);
    if (!session) return null;
    const events = [...ledger.events({ stream: workerStream(id) })].filter(
      (event) => event.position <= position,
    );
    const withQuestion = typeof config.notify === 'object' && config.notify.worker_text === true;
    return notificationOf(session, events, { withQuestion });
  }

  #lossAt(event: EventOf<'lease.expired'>) {
    const [lease] = allLeases(this.#app.ledger, { id: event.data.lease_id });
    const session = lease && sessionById(this.#app.ledger, lease.session_id);
    return session ? lossOf(session, event, lease) : null;
  }

  #recordedPosition(): number | null {
    try {
      const { position } = JSON.parse(readFileSync(this.#file, 'utf8')) as { position: unknown };
      return typeof position === 'number' ? position : null;
    } catch {
      return null;
    }
  }

  #forget(): void {
    rmSync(this.#file, { force: true });
  }

  #keep(): void {
    writePrivateFileSync(this.#file, JSON.stringify({ position: this.#reported }), { link: 'follow' });
  }
}
