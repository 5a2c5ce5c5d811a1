import { existsSync } from 'node:fs';
import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { list, text } from '../../../../lib/shapes.ts';
import { tailLines } from '../../../../terminal/transcript/transcript.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { watcherLog } from '../../../../workers/core/watcher/watcher-process.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { pagerFlag, value, wholeNumber } from '../../../grammar/option.ts';

const LogTail = Type.Object({ path: text, lines: list(text) });
type LogTail = Static<typeof LogTail>;

export default class WatcherLog extends LedgerCommand<LogTail> {
  static override paths = [['watcher', 'log']];
  static override report = LogTail;
  static override usage = Command.Usage({
    category: 'Connect',
    description: "Print the end of the watcher's log",
    examples: [['Print the last ten lines', '$0 watcher log --lines 10']],
  });

  protected override needsValidConfig = false;

  lines = value('--lines', 'how many lines (40)', { takes: wholeNumber(1) });
  override pager = pagerFlag();

  async run(app: AppContext): Promise<undefined> {
    const path = watcherLog(app);
    const lines = existsSync(path) ? tailLines(path, this.lines ?? 40) : [];
    await this.show({ path, lines }, (log) => log.lines.join('\n') || 'the watcher has said nothing yet');
  }
}
