import type { ErrorEntries } from './entry.ts';

/** Errors about workers. */
export const workers = {
  TMUX_SESSION_NOT_FOUND: {
    kind: 'rejected',
    means: 'No worker id is, or starts with, this text.',
    fix: '`agentpool sessions` lists the workers; `@last` is the newest.',
  },
  SESSION_NOT_FOUND: {
    kind: 'rejected',
    means: 'The ledger has no worker with this id.',
    fix: '`agentpool sessions --all` lists all workers. Another AGENTPOOL_HOME has another ledger.',
  },
  SESSION_AMBIGUOUS: {
    kind: 'rejected',
    means: 'Several worker ids start with this text.',
    fix: 'Type more characters of the id. The message lists the candidates.',
  },
  SESSION_EXISTS: {
    kind: 'conflict',
    means: 'A worker with this id was already requested.',
    fix: 'AgentPool assigns the ids, so only a partial import causes this. Run `agentpool ledger verify`.',
  },
  LIMIT_NOT_RESET: {
    kind: 'rejected',
    means:
      'The worker waits for a limit to reset. It would start with a brief, which would be refused before that.',
    fix: 'Resume it after the time in the message.',
  },
  SESSION_ENDED: {
    kind: 'rejected',
    means: "The worker's process has ended, so it accepts no more commands.",
    fix: '`agentpool collect` still collects its output. `agentpool resume` continues it.',
  },
  SESSION_ALIVE: {
    kind: 'conflict',
    means: 'The worker still runs, and a second process on its conversation would lose work.',
    fix: '`agentpool send` gives it more to do. To start it again, end it first: `agentpool terminate @last`.',
  },
  SESSION_NOT_RESUMABLE: {
    kind: 'rejected',
    means: 'The worker never ran, so there is no work to resume.',
    fix: 'Spawn it again. `agentpool session show` says why it did not start.',
  },
  CONVERSATION_OPEN: {
    kind: 'conflict',
    means:
      "Another process has the conversation of the worker's agent open; one of the two would lose its work.",
    fix: 'Close the agent there, then resume again. The message names the process.',
  },
  CONVERSATION_AMBIGUOUS: {
    kind: 'rejected',
    means: "Several conversations of the agent may be the worker's own, and AgentPool does not guess.",
    fix: 'Choose one of those that the message lists: `agentpool resume @last --conversation ID`.',
  },
  CONVERSATION_NOT_FOUND: {
    kind: 'rejected',
    means: 'The agent has no conversation with this id.',
    fix: 'Leave out `--conversation`: the worker then continues its own.',
  },
  WORK_FOLDER_GONE: {
    kind: 'rejected',
    means:
      'The folder that the worker worked in is gone, and git has no branch from which it could be made again.',
    fix: 'Put the folder back where it was, or spawn another worker. `agentpool collect` still collects what was recorded.',
  },
  SESSION_QUEUED: {
    kind: 'rejected',
    means: 'The worker waits in the queue and has not started.',
    fix: '`agentpool queue` shows what it waits for; `agentpool queue remove` drops it.',
  },
  SESSION_CHANGED: {
    kind: 'conflict',
    means: 'The worker was resumed or started while its dialog was open, so what was decided is out of date.',
    fix: 'Nothing was done. Look at the worker, and repeat the action if you still want it.',
  },
  NO_LIMIT_REACHED: {
    kind: 'rejected',
    means: 'The worker was to wait for a reset, and no limit of its account is known to be reached.',
    fix: 'Run `agentpool usage-summary --refresh` for newer figures, or send the worker a message.',
  },
  SESSION_NOT_QUEUED: {
    kind: 'rejected',
    means: 'The worker does not wait in the queue.',
    fix: '`agentpool queue` lists what waits. A worker that has started is ended with `agentpool terminate`.',
  },
  SESSION_HANDED_OVER: {
    kind: 'conflict',
    means: 'The work of this worker is handed over to another one, which may change the same files.',
    fix: 'Give the message to its successor: `agentpool session show` names it.',
  },
  HANDOVER_NO_TASK: {
    kind: 'rejected',
    means: 'The worker never got its task, so there is no work that another one could continue.',
    fix: 'Wait until it has its task, or end it and spawn another worker: `agentpool spawn`.',
  },
  HANDOVER_NOT_STOPPED: {
    kind: 'conflict',
    means:
      'The worker was to be kept, and its screen shows that it goes on. Two workers would change the same files.',
    fix: 'Hand over without `--keep`: the worker is ended then.',
  },
  HANDOVER_NOT_PENDING: {
    kind: 'conflict',
    means: 'The handover is over, or another one was faster.',
    fix: 'Check: `agentpool session show @last`.',
  },
  SESSION_ENDING: {
    kind: 'conflict',
    means: 'The worker is being terminated.',
    fix: 'Wait a moment, then check: `agentpool session show @last`.',
  },
  MAX_TURNS_REACHED: {
    kind: 'rejected',
    means: 'The worker has received as many messages as `--max-turns` allows.',
    fix: 'Collect its output, then spawn another worker with more turns.',
  },
  DIALOG_WAITS: {
    kind: 'rejected',
    means: "The worker's screen shows a dialog, and the message would be typed into it.",
    fix: '`agentpool explain` shows the dialog, `agentpool answer` picks a choice. `agentpool send --force` sends the message anyway.',
  },
  BOX_NOT_EMPTY: {
    kind: 'conflict',
    means:
      "The worker's input box holds text that AgentPool did not type, or could not remove. A message would be joined to it.",
    fix: 'Submit or delete that text: `agentpool attach @last`. Then send the message again.',
  },
  WORKER_BUSY: {
    kind: 'conflict',
    means: 'Other processes were typing into the worker for two minutes.',
    fix: 'Try again. If nothing is typing, `agentpool attach @last` shows the screen.',
  },
  TEXT_IS_A_COMMAND: {
    kind: 'rejected',
    means:
      'The agent does not read a text that begins or ends like this as a message, but as a shell command, a command of its own, or the end of its session.',
    fix: 'Put a word before it, so that it is a message. If you mean the command: `agentpool send @last --command "/compact"`.',
  },
  SHELL_IN_READ_ONLY: {
    kind: 'rejected',
    means:
      'The text would run as a shell command in the agent, outside its sandbox, and the worker may only read.',
    fix: 'Run the command yourself, or spawn a worker with `--isolation worktree`.',
  },
  NO_DIALOG: {
    kind: 'rejected',
    means: "The worker's screen shows no dialog, so there is nothing to choose.",
    fix: '`agentpool explain` shows the screen. Answer a question with `agentpool send`.',
  },
  CHOICE_NOT_FOUND: {
    kind: 'rejected',
    means: 'No choice of the dialog has this number or exactly this text.',
    fix: 'The message lists the choices.',
  },
  CHOICE_TAKES_NO_TEXT: {
    kind: 'rejected',
    means: 'This choice has no text field.',
    fix: 'Answer without `--text`, then send the text as a message: `agentpool send @last "..."`.',
  },
  FORM_MISMATCH: {
    kind: 'usage',
    means: 'The dialog takes another kind of answer: one choice, several, words of your own, or none.',
    fix: 'The message names the right option. `agentpool explain` shows the dialog. Nothing was pressed.',
  },
  FORM_INCOMPLETE: {
    kind: 'rejected',
    means: 'The form has questions without an answer, so it was not submitted.',
    fix: 'Answer them with `--choice`, `--choices` or `--text`, then submit: `agentpool answer @last --submit`.',
  },
  READ_ONLY_WORKER: {
    kind: 'rejected',
    means: 'The choice would end the plan mode in which this worker only reads.',
    fix: 'Take the choice that keeps the plan mode. To have the plan carried out, spawn a worker with `--isolation worktree`.',
  },
  DIALOG_STUCK: {
    kind: 'rejected',
    means: 'A key was pressed, but the dialog did not react as expected, and nothing more was pressed.',
    fix: 'Check the screen yourself: `agentpool attach @last`. If AgentPool misread it, add the output of `agentpool explain --json` to a bug report.',
  },
  OVERAGE_NEEDS_A_PERSON: {
    kind: 'rejected',
    means: 'The dialog asks to pay beyond the subscription. Only a person may decide that.',
    fix: 'Open the terminal with `agentpool attach @last` and answer there.',
  },
  SCREEN_NOT_READ: {
    kind: 'rejected',
    means: 'A screen file could not be read.',
    fix: 'The message has the reason.',
  },
} as const satisfies ErrorEntries;
