// Conditions of DynamoDB writes, written as they read: and(equals("version", 3), or(absent("claim"), below("claim.untilMs", now))).

/** Part of an expression, with the names and values that it needs once rendered. */
export type Condition = (terms: Terms) => string;

/** Hands out placeholders, so that no attribute name is ever a reserved word and no value is ever text of the expression. */
export class Terms {
  readonly names: Record<string, string> = {};
  readonly values: Record<string, unknown> = {};

  path(path: string): string {
    return path
      .split(".")
      .map((part) => {
        this.names[`#${part}`] = part;
        return `#${part}`;
      })
      .join(".");
  }

  value(value: unknown): string {
    const placeholder = `:v${Object.keys(this.values).length}`;
    this.values[placeholder] = value;
    return placeholder;
  }
}

export function equals(path: string, value: unknown): Condition {
  return (terms) => `${terms.path(path)} = ${terms.value(value)}`;
}

export function differs(path: string, value: unknown): Condition {
  return (terms) => `${terms.path(path)} <> ${terms.value(value)}`;
}

export function below(path: string, value: number | string): Condition {
  return (terms) => `${terms.path(path)} < ${terms.value(value)}`;
}

/** Both ends included. */
export function between(path: string, from: string, until: string): Condition {
  return (terms) => `${terms.path(path)} BETWEEN ${terms.value(from)} AND ${terms.value(until)}`;
}

export function absent(path: string): Condition {
  return (terms) => `attribute_not_exists(${terms.path(path)})`;
}

export function present(path: string): Condition {
  return (terms) => `attribute_exists(${terms.path(path)})`;
}

/** Holds whatever is there, or is not. */
export const always: Condition = or(absent("id"), present("id"));

export function and(...conditions: Condition[]): Condition {
  return (terms) => conditions.map((condition) => `(${condition(terms)})`).join(" AND ");
}

export function or(...conditions: Condition[]): Condition {
  return (terms) => conditions.map((condition) => `(${condition(terms)})`).join(" OR ");
}
