import { Command } from 'clipanion';
import { type Collected, collectWorker } from '../workers/collect.ts';
import type { House } from '../workers/house.ts';
import { sessionNamed } from '../workers/named-session.ts';
import { HouseCommand } from './command.ts';
import { detailNamed } from './observe.ts';
import { Option } from './option.ts';

export default class Collect extends HouseCommand {
  static override paths = [['collect']];
  static override usage = Command.Usage({
    category: 'Workers',
    description: 'gather what a worker made: patch, result, log',
    details: `
      The patch holds everything that changed since the spawn: unstaged, staged, untracked, committed, renamed, binary.
      Your index and work tree are not touched, and nothing is merged.
    `,
    examples: [['Gather and read the result', '$0 collect @last --detail excerpt']],
  });

  session = Option.String({ required: true, name: 'SESSION' });
  detail = Option.String('--detail', 'summary', { description: 'summary, excerpt or full' });

  async run(house: House): Promise<undefined> {
    const detail = detailNamed(this.detail);
    const session = sessionNamed(house, this.session);
    this.print(await collectWorker(house, session, detail), collected);
  }
}

function collected({
  session_id,
  state,
  git,
  result,
  violation,
  artifacts,
  worker_output,
}: Collected): string {
  const changed = git.changed_files.length;
  const lines = [
    `${session_id} (${state}): ${changed} changed ${changed === 1 ? 'file' : 'files'}, result ${result}`,
  ];
  for (const file of git.files.slice(0, 20)) lines.push(`  ${file.status} ${file.path}`);
  if (git.files.length > 20) lines.push(`  … and ${git.files.length - 20} more`);
  if (violation) lines.push(`  ! ${violation}`);
  for (const warning of git.warnings) lines.push(`  ! ${warning}`);
  lines.push(...artifacts.map(({ kind, path }) => `  ${kind.padEnd(11)} ${path}`));
  if (worker_output.included) lines.push(worker_output.text);
  return lines.join('\n');
}
