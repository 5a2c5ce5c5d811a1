import type { Env } from '../../../config/paths.ts';
import { printError } from '../../../report/views/errors.ts';
import { reconcileIfNeeded } from '../../../workers/commands/reconcile.ts';
import { type AppContext, openApp } from '../../../workers/core/context.ts';
import type { Values } from '../../grammar/parse.ts';
import { answerText, type Call, type Surroundings, showAnswer } from '../../output/call.ts';
import { print, standardError, standardOutput } from '../../output/print.ts';

/** The work of a command, independent of the parser: its class in ../commands runs the same function. */
type Run<Options> = (call: Call<unknown>, options: Options, app: AppContext) => Promise<number | undefined>;

/**
 * A command that works on the ledger, with the words that the fast parser has read. The options have the types of the
 * fields of its class: a test checks that `parse` fills them in as clipanion does.
 */
export const fastWork =
  <Options>(run: Run<Options>, { reconciles = true } = {}) =>
  async (values: Values, env: Env, leave?: (code: number) => void): Promise<number> => {
    const call = new FastCall(values, env);
    try {
      const code = await worked(call);
      // To take the process apart takes longer than to print. A stream may still have to write.
      if (!call.usesStreams) leave?.(code);
      return code;
    } catch (error) {
      const { stdout, stderr } = call.context;
      return printError(error, { json: call.json, stdout, stderr, env });
    }

    async function worked(call: FastCall): Promise<number> {
      const app = await openApp(env, 'cli');
      try {
        if (reconciles) await reconcileIfNeeded(app);
        return (await run(call, values as Options, app)) ?? 0;
      } finally {
        app.ledger.close();
      }
    }
  };

/** Opens Node's streams only on first use: loading them takes a tenth of the time of a query. */
class FastCall implements Call<unknown> {
  readonly json: boolean;
  readonly plain: boolean;
  readonly pager: boolean;
  readonly context: Surroundings;
  usesStreams = false;

  constructor({ json, plain, pager }: Values, env: Env) {
    this.json = json === true;
    this.plain = plain === true;
    this.pager = pager === true;
    const stream = <Stream>(opened: () => Stream) => {
      this.usesStreams = true;
      return opened();
    };
    this.context = {
      env,
      get stdin() {
        return stream(() => process.stdin);
      },
      get stdout() {
        return stream(standardOutput);
      },
      get stderr() {
        return stream(standardError);
      },
    };
  }

  print<T>(value: T, human: (value: T) => string): void {
    print(answerText(this.json, value, human));
  }

  async show<T>(value: T, human: (value: T) => string, plainly?: (value: T) => string[]): Promise<void> {
    if (this.json) this.print(value, human);
    else await showAnswer(this, value, human, plainly);
  }
}
