import Type from 'typebox';
import { noted } from '../../lib/shapes.ts';
import { define } from './definition.ts';

const fence = noted(
  Type.Integer({ minimum: 1 }),
  'A watcher that was superseded sees a higher one, and ends.',
);

/** Events of the stream `watcher`: the one background process of an AGENTPOOL_HOME. */
export const watcherEvents = {
  'watcher.started': define(
    1,
    'A process became the one that watches the panes.',
    Type.Object({ fence, pid: Type.Integer(), started: Type.String() }),
  ),
  'watcher.stopped': define(1, 'The watcher ended.', Type.Object({ fence, reason: Type.String() })),
};
