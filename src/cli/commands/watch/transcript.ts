import { Command } from 'clipanion';
import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import { readTranscript, tailLines } from '../../../terminal/transcript/transcript.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { sessionNamed } from '../../../workers/core/sessions/named-session.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { pagerFlag, value, wholeNumber, worker } from '../../grammar/option.ts';
import { noteMissing } from '../../workers/note-missing.ts';
import { pageOf, TranscriptPage, tailOf } from '../../workers/transcript-page.ts';

export default class Transcript extends LedgerCommand<TranscriptPage> {
  static override paths = [['transcript']];
  static override report = TranscriptPage;
  static override usage = Command.Usage({
    category: 'Watch',
    description: 'Read what a worker printed',
    details:
      'Prints each line once, in order and redacted, page by page or from the end. Offsets and limits are bytes; a page never splits a character. `agentpool logs` prints all of it, or follows it.',
    examples: [
      ['Read the last 20 lines', '$0 transcript @last --tail-lines 20'],
      ['Read from the beginning', '$0 transcript @last --offset 0 --limit 4000'],
    ],
  });

  session = worker();
  offset = value('--offset', 'the first byte to read', { takes: wholeNumber() });
  limit = value('--limit', 'how many bytes at most (4000)', { takes: wholeNumber() });
  tailLines = value('--tail-lines', 'how many lines from the end', { takes: wholeNumber() });
  override pager = pagerFlag();

  async run(app: AppContext): Promise<undefined> {
    const session = sessionNamed(app, this.session);
    const path = session.transcript_path;
    const limit = this.limit ?? 4000;
    this.#check(session.id, limit);
    const page =
      this.tailLines === undefined
        ? pageOf(session, limit, readTranscript(path, { offset: this.offset ?? 0, limit }))
        : tailOf(session, this.tailLines, tailLines(path, this.tailLines).join('\n'));
    noteMissing(this.context.stderr, app.paths.artifacts, session);
    await this.show(page, ({ text }) => text);
  }

  #check(id: string, limit: number): void {
    if (limit > 0 && this.tailLines !== 0) return;
    const wrong = limit > 0 ? '--tail-lines' : '--limit';
    throw new AgentPoolError('INVALID_TRANSCRIPT_RANGE', `${wrong} takes a number from 1 on.`, {
      limit,
      offset: this.offset ?? 0,
      tail_lines: this.tailLines ?? null,
      example: shell`agentpool transcript ${id} --offset 0 --limit 4000`,
    });
  }
}
