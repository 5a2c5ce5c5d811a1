import { answering } from '../../lib/testing/answering.ts';
import { openConnection } from '../store/open.ts';
import { EventStore } from '../store/store.ts';

export interface AppendQuestion {
  stream: string;
  count: number;
}

const [file = ''] = process.argv.slice(2);
const store = new EventStore(file, openConnection(file));

/** Appends one event per request; answers with their positions. */
answering(({ stream, count }: AppendQuestion): number[] =>
  Array.from({ length: count }, (_, number) => {
    const event = { type: 'watcher.stopped', data: { fence: 1, reason: `${process.pid} ${number}` } };
    return store.append(stream, [event], { actor: 'test' }).events[0]?.position ?? 0;
  }),
);
