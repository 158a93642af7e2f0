// One JSON line an event, for CloudWatch and for the host's log alike; errors with their stack, never a token.

type Fields = Record<string, unknown>;

export const log = {
  info: (message: string, fields: Fields = {}) => print("info", message, fields),
  warn: (message: string, fields: Fields = {}) => print("warn", message, fields),
  error: (message: string, fields: Fields = {}) => print("error", message, fields),
};

function print(level: "info" | "warn" | "error", message: string, fields: Fields): void {
  const line = JSON.stringify({ at: new Date().toISOString(), level, message, ...fields }, describeErrors);
  (level === "info" ? process.stdout : process.stderr).write(`${line}\n`);
}

function describeErrors(_key: string, value: unknown): unknown {
  return value instanceof Error ? { name: value.name, message: value.message, stack: value.stack } : value;
}
