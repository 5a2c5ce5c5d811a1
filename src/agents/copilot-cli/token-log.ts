import { join } from 'node:path';
import { record, text } from '../contract/limits/values.ts';
import { openLines } from '../contract/tokens/lines.ts';
import { count, type TokenLog } from '../contract/tokens/use.ts';

/** `$COPILOT_HOME/session-state/<session>/events.jsonl`, a `session.usage_record` an answer (1.0.102). */
export const copilotLog: TokenLog = {
  provider_id: 'copilot-cli',
  named: true,
  vendor: null,
  roots: ({ env, home }) => [join(text(env.COPILOT_HOME) ?? join(home, '.copilot'), 'session-state')],
  nested: true,
  isLog: (name) => name === 'events.jsonl',
  open: openLines({
    marks: ['"session.usage_record"', '"session.start"', '"session.resume"'],
    read(line, _file, memory) {
      const data = record(line.data);
      if (line.type === 'session.start' || line.type === 'session.resume') {
        memory.session = text(data?.sessionId) ?? memory.session;
        memory.project = text(record(data?.context)?.cwd) ?? memory.project;
      }
      const usage = record(data?.usage);
      if (line.type !== 'session.usage_record' || !usage) return null;
      const accounting = record(usage.accounting);
      // A session that was forked from another repeats its records, each with the session that it is of.
      const [source, id] = [
        text(accounting?.sourceSessionId) ?? text(memory.session),
        text(accounting?.usageId),
      ];
      const figures = {
        model: text(usage.model),
        input: count(usage.inputTokens),
        cache_read: count(usage.cacheReadTokens),
        cache_write: count(usage.cacheWriteTokens),
        output: count(usage.outputTokens),
      };
      return {
        ...figures,
        ...(id === null
          ? { key: JSON.stringify([source, line.timestamp, figures]), numbered: true }
          : { key: JSON.stringify([source, id]) }),
        rank: 0,
        at: line.timestamp,
        project: text(memory.project),
        session: text(memory.session) ?? source,
      };
    },
  }),
};
