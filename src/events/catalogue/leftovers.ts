import Type from 'typebox';
import { count, noted, oneOf, text } from '../../lib/shapes.ts';
import { define } from './definition.ts';
import { removableFiles } from './words.ts';
import { state } from './worker-shapes.ts';

/** Events about what a worker leaves behind on the disk, in its stream. */
export const leftoverEvents = {
  'worker.patch_applied': define(
    1,
    "The worker's patch was taken into a work tree with `agentpool apply`.",
    Type.Object({
      state,
      repo: noted(text, 'The top of the work tree.'),
      sha256: noted(text, 'Of the exact patch.'),
    }),
  ),
  'worker.files_removed': define(
    1,
    'Files of the worker were removed by `agentpool gc` or by the retention of config.yaml. Recorded before the removal, which the next one finishes if it was cut short.',
    Type.Object({
      state,
      files: noted(
        oneOf(removableFiles),
        '`recording`: what its screen showed. `artifacts`: its whole artifact folder, with the recording.',
      ),
      bytes: noted(count, 'Their size.'),
      older_than_seconds: noted(count, 'It had ended at least so long ago.'),
    }),
  ),
};
