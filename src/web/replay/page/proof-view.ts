import { counted } from '../../../lib/text/counted.ts';
import { button, byId, dialogById, element, icon, setUse } from './dom.ts';
import type { Actions, State, View } from './state.ts';

/** What the hashes say: in a word at the top, and in sentences. */
export class ProofView implements View {
  readonly #state: State;
  readonly #actions: Actions;
  readonly #badge = byId('badge');
  readonly #dialog = dialogById('chain');

  constructor(state: State, actions: Actions) {
    this.#state = state;
    this.#actions = actions;
    const partial = byId('partial');
    partial.hidden = this.#leftOut().length === 0;
    for (const node of [this.#badge, partial]) node.addEventListener('click', () => actions.showProof());
  }

  progress(done: number): void {
    this.#say('checking', 'state', `verifying ${done} of ${this.#state.data.events.length}…`);
  }

  draw(): void {
    const { proof, data } = this.#state;
    if (!proof) {
      this.progress(0);
      return;
    }
    const { fault, verified, of, pieces } = proof;
    if (of === 0) this.#say('bad', 'broken', 'no events to verify');
    else if (fault && data.events.every(({ hash }) => hash === ''))
      this.#say('bad', 'broken', 'not verified: no hashes');
    else if (fault) {
      this.#say('bad', 'broken', `chain broken at event ${fault.position}`);
      byId('badge-text').append(element('span', 'long', `: ${verified} of ${of} verified`));
    } else {
      this.#say('ok', 'done', `chain verified: ${verified} of ${of}`);
      byId('badge-text').append(element('span', 'long', of === 1 ? ' event' : ' events'));
      if (pieces > 1) byId('badge-text').append(element('span', 'long', `, in ${pieces} pieces`));
    }
  }

  open(): void {
    const { proof } = this.#state;
    if (!proof) return;
    const title = proof.fault ? 'The chain is broken' : proof.of === 0 ? 'No events' : 'The chain holds';
    this.#dialog.replaceChildren(
      element('h2', '', [icon(proof.fault || proof.of === 0 ? 'broken' : 'done'), title], {
        id: 'chain-title',
      }),
      ...(proof.fault ? this.#broken() : this.#holds()),
      ...this.#aboutRecordings(),
      this.#notes(),
      this.#buttons(),
    );
    this.#dialog.showModal();
  }

  #say(state: string, sign: string, text: string): void {
    this.#badge.dataset.state = state;
    setUse('badge-icon', sign);
    byId('badge-text').replaceChildren(text);
  }

  #holds(): HTMLElement[] {
    const { proof, data, history } = this.#state;
    const last = data.events.at(-1);
    if (!proof || !last) return [element('p', '', 'This page carries no events.')];
    const { of, pieces, bridged } = proof;
    return [
      element(
        'p',
        '',
        `Every event carries the SHA-256 of its own content and of the hash before it. This page has computed all ${of} again, here in your browser, and each is what the file says. An event that was changed, moved, or taken out of the middle breaks the chain.`,
      ),
      ...(history.earlier > 0
        ? [
            element(
              'p',
              '',
              `${counted(history.earlier, 'event')} of them happened before the time that is shown.`,
            ),
          ]
        : []),
      ...(bridged > 0
        ? [
            element(
              'p',
              '',
              `Between them lie ${counted(bridged, 'event')} of others. The file holds only a hash of each: nothing of them can be read, and the chain goes on across them.`,
            ),
          ]
        : []),
      ...(pieces > 1
        ? [
            element(
              'p',
              '',
              `Not all that is left out is bridged: events of releases before 0.3 cannot be, and very many are not. So the chain is in ${pieces} pieces. Each is verified by itself; that one follows the other is taken as the file states it.`,
            ),
          ]
        : []),
      element(
        'p',
        '',
        'A person who writes a whole file can compute a whole chain, or end it early. To know that this one is yours and complete, compare its last hash with your ledger:',
      ),
      element('p', '', [`Event ${last.position}: `, element('code', '', last.hash)]),
      element('p', '', [element('code', '', `agentpool ledger verify --hash-at ${last.position}`)]),
      element('p', '', this.#ends()),
    ];
  }

  /** Where each worker ends: no hash shows whether its last events were left out. */
  #ends(): string {
    const { history, data } = this.#state;
    const ends = history.lanes.flatMap(({ letter }, index) => {
      const last = data.events.findLast(({ stream_id }) => stream_id === `worker/${data.workers[index]}`);
      return last ? `${letter} ends at its event ${last.stream_version}` : [];
    });
    return `A chain cannot show whether the last events of a worker were left out. Here ${ends.join(', ')}.`;
  }

  #broken(): HTMLElement[] {
    const { proof } = this.#state;
    if (!proof?.fault) return [];
    const { fault, verified, of } = proof;
    const after = of - verified - 1;
    return [
      element('p', '', [element('b', '', `Event ${fault.position}: `), `${fault.reason}.`]),
      element(
        'p',
        '',
        `${verified === 0 ? 'No event before it is verified.' : `The ${counted(verified, 'event')} before it are what they were when they were written.`} It${after > 0 ? `, and the ${after} after it,` : ''} cannot be trusted: the file was changed, or it was damaged. What the page shows of that may be wrong.`,
      ),
    ];
  }

  #aboutRecordings(): HTMLElement[] {
    return this.#state.recordings.some((each) => each !== null)
      ? [
          element(
            'p',
            '',
            'The terminals are not part of the chain. They show what was recorded; only the events are verified.',
          ),
        ]
      : [];
  }

  /** What is not in the page, in a sentence each. */
  #leftOut(): string[] {
    const { data, clock, history } = this.#state;
    const cut = data.cut.map(({ session, from }) => {
      const lane = history.lanes[data.workers.indexOf(session)];
      const at = Date.parse(from);
      return `The recording of ${lane?.letter ?? ''} ${lane?.session ?? session} begins at ${clock.day(at)} ${clock.time(at)}: what is older was left out, or was not kept.`;
    });
    return [...data.notes, ...cut];
  }

  #notes(): HTMLElement {
    const { data } = this.#state;
    const notes = this.#leftOut();
    const made = `Made by ${data.made_by}, ${data.made_at}.`;
    return element('div', 'notes', [
      ...(notes.length > 0
        ? [
            element('h3', '', 'Not in this page'),
            element(
              'ul',
              '',
              notes.map((note) => element('li', '', note)),
            ),
          ]
        : []),
      element('p', 'made', made),
    ]);
  }

  #buttons(): HTMLElement {
    const { proof, history } = this.#state;
    const fault = proof?.fault;
    const event = fault
      ? history.events.find(({ stored }) => stored.position === fault.position)
      : history.events.at(-1);
    const show = event
      ? [
          button('plain', fault ? `Show event ${fault.position}` : 'Show the last event', () => {
            this.#dialog.close();
            this.#actions.pick(event);
          }),
        ]
      : [];
    const form = element('form', '', [element('button', 'plain', 'Close')], { method: 'dialog' });
    return element('div', 'actions', [...show, form]);
  }
}
