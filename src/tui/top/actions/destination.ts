import { leftOf, planWindows } from '../../../agents/contract/limits/sample.ts';
import { accountIn, providerOfKey } from '../../../config/accounts.ts';
import { FAKE_IDS } from '../../../config/provider-ids.ts';
import { AgentPoolError, errorMessage } from '../../../lib/errors.ts';
import type { CapacityRow } from '../../../usage/capacity/capacity.ts';
import { requestedModel } from '../../../usage/capacity/verdict.ts';
import { moment, windowLabel } from '../../../usage/capacity/window-words.ts';
import { assertHeadroom } from '../../../workers/queries/capacity.ts';
import { modelCatalogue } from '../../../workers/queries/models.ts';
import { isSignedOut } from '../model/limit-rows.ts';
import type { ListItem } from '../widgets/list.ts';
import type { GivenAnyway } from './action.ts';

/** Who is to work: what a spawn and a handover take. */
export interface Chosen {
  provider: string;
  account: string | null;
  model: string | null;
  /** The same for a person: `codex-cli`, `claude-code@work, opus`. */
  name: string;
}

type Asking = Pick<GivenAnyway, 'app' | 'snapshot' | 'dialogs'>;

/** Lets the person choose a provider and a model, each with what is left of it. Null if the person left. */
export async function chooseWho({ app, snapshot, dialogs }: Asking, title: string): Promise<Chosen | null> {
  const items = [...subscriptionItems({ app, snapshot }), ...ownItems({ app, snapshot })];
  const key = await dialogs.choose({ title: `${title}: which agent?`, items });
  if (key === null) return null;
  const row = snapshot.subscriptions.find((each) => each.key === key)?.row ?? null;
  const model = await chooseModel({ app, dialogs }, { key, row, title: `${title}: which model?` });
  if (model === null) return null;
  const [provider, account] = [providerOfKey(key), accountIn(key)];
  return { provider, account, model: model.id, name: model.id === null ? key : `${key}, ${model.id}` };
}

function subscriptionItems({ app, snapshot }: Pick<Asking, 'app' | 'snapshot'>): ListItem<string>[] {
  return snapshot.subscriptions.map(({ key, name, account, row }) => {
    const unusable = whyNot(app, row, null, snapshot.at);
    return {
      value: key,
      label: account === null ? name : `${name} @${account}`,
      note: headroomOf(row, snapshot.at),
      ...(unusable === null ? {} : { unusable }),
    };
  });
}

/** Providers of the user's own, which report no limits; without any agent here, our fakes. */
function ownItems({ app, snapshot }: Pick<Asking, 'app' | 'snapshot'>): ListItem<string>[] {
  const known = new Set(snapshot.subscriptions.map(({ key }) => key));
  const own = app.config.custom_providers.map(({ id }) => id).filter((id) => !known.has(id));
  const items = own.map((value) => ({ value, label: value, note: 'from config.yaml' }));
  if (known.size + own.length > 0) return items;
  return FAKE_IDS.map((value) => ({ value, label: value, note: 'a fake agent, to try this with' }));
}

/** Why a worker cannot be started there now; null if it can. */
function whyNot(app: Asking['app'], row: CapacityRow, model: string | null, now: Date): string | null {
  if (isSignedOut({ row })) return 'not signed in';
  try {
    assertHeadroom(app, row.provider_id, { providers: { [row.provider_id]: row } }, model);
    return null;
  } catch (error) {
    return isAtLimit(error) ? limitWords(app, row, model, now) : errorMessage(error);
  }
}

/** The policy refuses a provider, or a model there, by its limits; its whole sentence is longer than a row. */
const isAtLimit = (error: unknown): boolean =>
  error instanceof AgentPoolError && error.code === 'POLICY_BLOCKED' && 'status' in error.details;

function limitWords({ config }: Asking['app'], row: CapacityRow, model: string | null, now: Date): string {
  const own = model === null ? null : requestedModel(row, model, config.policy);
  const backAt = own?.next_available_at ?? row.next_available_at;
  return backAt === null ? 'at its limit' : `at its limit, back ${moment(backAt, now, undefined)}`;
}

/** `5h 59 % left, weekly 4 % left` */
function headroomOf({ windows, unlimited, next_available_at: backAt }: CapacityRow, now: Date): string {
  const back = backAt === null ? [] : [`back ${moment(backAt, now, undefined)}`];
  if (unlimited) return 'no limits';
  const known = planWindows(windows).flatMap((window) => {
    const left = leftOf(window);
    return left === null || window.expired ? [] : [`${windowLabel(window)} ${Math.round(left)} % left`];
  });
  return [...(known.length > 0 ? known : ['limits not known']), ...back].join(', ');
}

/** The models of a provider; its own default comes first. Not asked for one that takes none. */
async function chooseModel(
  { app, dialogs }: Pick<Asking, 'app' | 'dialogs'>,
  { key, row, title }: { key: string; row: CapacityRow | null; title: string },
): Promise<{ id: string | null } | null> {
  const listed = (await modelCatalogue(app)).find(({ provider_id }) => provider_id === providerOfKey(key));
  if (!listed || listed.models.length === 0) return { id: null };
  const items = listed.models.map((model): ListItem<{ id: string | null }> => {
    const unusable = row && whyNot(app, row, model.id, app.given().now);
    const left = row && modelLeft(app, row, model.id);
    return {
      value: { id: model.id },
      label: model.display_name ?? model.id,
      ...(left === null ? {} : { note: left }),
      ...(unusable === null ? {} : { unusable }),
    };
  });
  const own = listed.default_model === null ? "the agent's default" : `its default, ${listed.default_model}`;
  return dialogs.choose({ title, items: [{ value: { id: null }, label: own }, ...items] });
}

/** What is left of a limit of the model's own; null if it has none. */
function modelLeft({ config }: Asking['app'], row: CapacityRow, id: string): string | null {
  const windows = requestedModel(row, id, config.policy)?.windows ?? [];
  const left = windows.map((window) => leftOf(window)).filter((each) => each !== null);
  return left.length === 0 ? null : `${Math.round(Math.min(...left))} % left of its own limit`;
}
