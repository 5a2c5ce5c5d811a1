/** Runs in each process of a pool: answers every question at the same moment as the others. */
export function answering<Question, Answer>(answer: (question: Question) => Answer | Promise<Answer>): void {
  process.on('message', async ({ question, at }: { question: Question; at: number }) => {
    while (Date.now() < at);
    try {
      process.send?.({ result: await answer(question) });
    } catch (error) {
      process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  process.send?.('ready');
}
