import { Command } from 'clipanion';
import { sharedArtifacts } from '../../../../events/catalogue/words.ts';
import { bytes } from '../../../../lib/text/bytes.ts';
import { fetchArtifact } from '../../../../workers/commands/fleet/fetch.ts';
import { FleetFetch } from '../../../../workers/commands/fleet/schema.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { oneOf, value, worker } from '../../../grammar/option.ts';

export default class Fetch extends LedgerCommand<FleetFetch> {
  static override paths = [['fleet', 'fetch']];
  static override report = FleetFetch;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'Fetch a patch or a transcript that another machine has shared',
    details: 'Writes it to a new file, after its hash was verified. The text of a worker is untrusted.',
    examples: [['Fetch the changes of a worker', '$0 fleet fetch ap_3f2 --kind patch --out changes.patch']],
  });

  session = worker();
  kind = value('--kind', 'patch or transcript (patch)', {
    takes: oneOf(sharedArtifacts),
    initially: 'patch',
  });
  out = value('--out', 'the file to write (the id of the worker, .patch or .transcript.txt)');

  protected override reconciles = false;

  async run(app: AppContext): Promise<undefined> {
    const { session, kind, out = null } = this;
    const fetched = await fetchArtifact(app, { session, kind, out, cwd: process.cwd() });
    this.print(
      fetched,
      ({ file, bytes: size, machine }) =>
        `the ${kind} of ${fetched.session_id} from ${machine} (${bytes(size)}): ${file}`,
    );
  }
}
