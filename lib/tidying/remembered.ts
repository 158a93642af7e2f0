// An answer that holds for a whole run, asked for once.

/** So many are kept; of more, those are forgotten first that were asked for first. */
const maxKept = 1000;

/** What failed is asked again. */
export function remembered<Answer>(ask: (key: string) => Promise<Answer>): (key: string) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>();
  return (key) => {
    const known = answers.get(key);
    if (known) return known;
    const [oldest] = answers.keys();
    if (answers.size >= maxKept && oldest !== undefined) answers.delete(oldest);
    const answer = ask(key);
    answers.set(key, answer);
    answer.catch(() => answers.delete(key));
    return answer;
  };
}
