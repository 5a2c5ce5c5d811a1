import { Command } from 'clipanion';
import { plainRecord } from '../../../report/text/plain.ts';
import { appliedLines, plainFiles } from '../../../report/views/workers/patch.ts';
import { AppliedPatch, applyWork } from '../../../workers/commands/results/apply.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { repositoryFolder } from '../../../workers/core/repository.ts';
import { sessionNamed } from '../../../workers/core/sessions/named-session.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { flag, pagerFlag, plainFlag, value, worker } from '../../grammar/option.ts';

export default class Apply extends LedgerCommand<AppliedPatch> {
  static override paths = [['apply']];
  static override report = AppliedPatch;
  static override usage = Command.Usage({
    category: 'Results',
    description: "Take a worker's changes into your work tree",
    details: `
      Changes the files of the repository that you are in, and nothing else: nothing is staged, committed, merged or pushed. If the patch does not apply, it says where and changes nothing; --3way merges what can be merged without a conflict.
    `,
    examples: [
      ['See whether it applies', '$0 apply @last --check'],
      ['Take the changes', '$0 apply @last'],
      ['Merge them into files that have changed since', '$0 apply @last --3way'],
    ],
  });

  session = worker();
  check = flag('--check', 'say whether it applies, and change nothing');
  threeWay = flag('--3way', 'merge where the lines have changed since the spawn');
  repo = value('--repo', 'a folder of the work tree to change (the one that you are in)');
  override plain = plainFlag('one file');
  override pager = pagerFlag();

  async run(app: AppContext): Promise<undefined> {
    const applied = await applyWork(app, sessionNamed(app, this.session), {
      folder: repositoryFolder(this.repo ?? '.'),
      isNamed: this.repo !== undefined,
      check: this.check,
      threeWay: this.threeWay,
    });
    await this.show(
      applied,
      (each) => appliedLines(each, this.context.stdout).join('\n'),
      ({ files }) => plainFiles(files).map((fields) => plainRecord(...fields)),
    );
  }
}
