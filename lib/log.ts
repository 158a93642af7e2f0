// One JSON line an event, for CloudWatch and for the host's log alike; errors with their stack, never a token. On AWS all functions share a log: each line
// says whose it is, as the host's log says by itself.

type Fields = Record<string, unknown>;

/** `LOG_LEVEL` says from which level on lines are printed; `info` by default. */
export const log = {
  info: (message: string, fields: Fields = {}) => print("info", message, fields),
  warn: (message: string, fields: Fields = {}) => print("warn", message, fields),
  error: (message: string, fields: Fields = {}) => print("error", message, fields),
};

const levels = ["info", "warn", "error", "silent"] as const;
type Level = (typeof levels)[number];

function print(level: Exclude<Level, "silent">, message: string, fields: Fields): void {
  const from = levels.indexOf((process.env.LOG_LEVEL ?? "info") as Level);
  if (levels.indexOf(level) < from) return;
  const at = new Date().toISOString();
  const line = JSON.stringify(
    { at, level, function: process.env.AWS_LAMBDA_FUNCTION_NAME, message, ...fields },
    describeErrors,
  );
  (level === "info" ? process.stdout : process.stderr).write(`${line}\n`);
}

function describeErrors(_key: string, value: unknown): unknown {
  return value instanceof Error ? { name: value.name, message: value.message, stack: value.stack } : value;
}
