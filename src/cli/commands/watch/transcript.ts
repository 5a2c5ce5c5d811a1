import { existsSync } from 'node:fs';
import { Command } from 'clipanion';
import { AgentPoolError } from '../../../lib/errors.ts';
import { stripControl } from '../../../lib/text/plain-text.ts';
import { shell } from '../../../lib/text/shell.ts';
import { readTranscript, tailLines } from '../../../terminal/transcript/transcript.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { sessionNamed } from '../../../workers/core/named-session.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { pagerFlag, value, wholeNumber, worker } from '../../grammar/option.ts';
import { noteMissing } from '../../workers/note-missing.ts';
import { TranscriptPage } from '../../workers/transcript-page.ts';

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
    const common = { session_id: session.id, path, exists: existsSync(path) };
    const limit = this.limit ?? 4000;
    this.#check(session.id, limit);
    const page: Omit<TranscriptPage, keyof typeof common> =
      this.tailLines === undefined
        ? {
            mode: 'page',
            tail_lines: null,
            limit,
            ...readTranscript(path, { offset: this.offset ?? 0, limit }),
          }
        : {
            mode: 'tail',
            tail_lines: this.tailLines,
            limit: null,
            offset: null,
            next_offset: null,
            has_more: false,
            ...tailOf(path, this.tailLines),
          };
    noteMissing(this.context.stderr, app.paths.artifacts, session);
    await this.show({ ...common, ...page, text: stripControl(page.text) }, ({ text }) => text);
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

function tailOf(path: string, lines: number): { text: string; size_bytes: number } {
  const { size_bytes } = readTranscript(path, { offset: 0, limit: 1 });
  return { text: tailLines(path, lines).join('\n'), size_bytes };
}
