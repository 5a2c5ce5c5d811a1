import Type from 'typebox';
import { noted } from '../../lib/shapes.ts';
import { define } from './definition.ts';

const fence = noted(
  Type.Integer({ minimum: 1 }),
  'A watcher that reads a higher number than its own has been superseded, and ends.',
);

/** Events of the stream `watcher`: one background process per AGENTPOOL_HOME. */
export const watcherEvents = {
  'watcher.started': define(
    1,
    'A process became the watcher of this AGENTPOOL_HOME.',
    Type.Object({ fence, pid: Type.Integer(), started: Type.String() }),
  ),
  'watcher.stopped': define(1, 'The watcher ended.', Type.Object({ fence, reason: Type.String() })),
};
