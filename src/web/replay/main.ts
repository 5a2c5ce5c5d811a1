import { basename } from './model/path.ts';
import { byId, element, icon } from './page/dom.ts';
import { listenToKeys, listenToSearch } from './page/keys.ts';
import { load } from './page/load.ts';
import { Page, wire } from './page/page.ts';
import { KIND_WORDS, STATE_WORDS, stateChip } from './page/signs.ts';
import type { State } from './page/state.ts';

/** What the page is about: the task of its first worker, and where it was worked on. */
function titleOf({ history, data }: State): string {
  const [first, ...others] = history.lanes;
  const asked = data.events
    .map(({ payload, type }) => (type === 'worker.spawn_requested' ? payload : ''))
    .find((payload) => payload !== '');
  const repo = asked === undefined ? '' : basename(repoIn(asked));
  const task = (first?.task ?? '').split('\n')[0]?.trim() ?? '';
  const about = [repo, task].filter((part) => part !== '').join(': ') || (first?.session ?? 'no worker');
  const tasks = new Set(history.lanes.map((lane) => lane.task));
  return others.length > 0 && tasks.size > 1 ? `${history.lanes.length} workers: ${about}` : about;
}

function repoIn(payload: string): string {
  try {
    const { repo_path } = JSON.parse(payload) as { repo_path?: unknown };
    return typeof repo_path === 'string' ? repo_path : '';
  } catch {
    return '';
  }
}

function legend(): void {
  const states = Object.keys(STATE_WORDS) as (keyof typeof STATE_WORDS)[];
  const kinds = Object.keys(KIND_WORDS) as (keyof typeof KIND_WORDS)[];
  byId('signs').replaceChildren(
    ...states.map((state) => element('div', '', [stateChip(state)])),
    ...kinds
      .filter((kind) => kind !== 'note')
      .map((kind) => element('div', '', [icon(kind), KIND_WORDS[kind]])),
  );
}

async function start(): Promise<void> {
  const page = new Page(await load());
  const title = titleOf(page.state);
  byId('task').textContent = title;
  byId('task').title = title;
  document.title = `Replay: ${title.slice(0, 120)}`;
  legend();
  wire(page);
  listenToKeys(page.state, page);
  listenToSearch(page.state, page);
  page.draw();
  page.openLink();
  await page.verify();
  // Says that the page can be used: its tests wait for it.
  document.documentElement.dataset.ready = 'true';
}

start().catch((error: unknown) => {
  const badge = byId('badge');
  badge.dataset.state = 'bad';
  byId('badge-text').textContent = 'this page is damaged';
  byId('screen').replaceChildren(
    element(
      'p',
      'empty',
      `This page cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    ),
  );
});
