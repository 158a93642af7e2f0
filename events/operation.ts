// What one HTTP operation takes and answers, said once: the function validates by it, OpenAPI, the client and the tests follow from it.
import type * as z from "zod";

/** `Path` is API Gateway's: `/v1/images/{id}`. */
export interface Operation<
  Path extends string = string,
  Body extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Answers extends AnswersOf = AnswersOf,
> {
  /** The function's name in serverless.yml, and of its file in functions/. */
  readonly id: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: Path;
  /** Under which heading of the reference it stands. */
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** `token`: a Keystone token in X-Auth-Token is needed. `secret`: a machine, known by a signature or by the secret itself. */
  readonly caller: "token" | "secret" | "anybody";
  /** It changes nothing, though it is no GET: no audit record is made of it, and who has no role but `reader` may do it. */
  readonly looksOnly?: boolean;
  /** It is about the caller's own person: who has no role but `reader` may do it, although it changes something. */
  readonly ofOneself?: boolean;
  readonly body?: Body;
  /** In place of the 64 KiB of every body. */
  readonly maxBodyBytes?: number;
  readonly query?: Query;
  /** Headers that it reads, beside those of every operation. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly answers: Answers;
  /** Statuses of its refusals, beyond those that every operation may give. */
  readonly problems?: readonly number[];
  /** A call that is taken as it stands. */
  readonly examples: {
    readonly params?: NoInfer<ParamsOf<Path>>;
    readonly body?: z.input<Body>;
    readonly query?: z.input<Query>;
  };
}

export type AnswersOf = Readonly<Record<number, AnswerKind>>;

export interface AnswerKind {
  readonly description: string;
  /** Absent: the answer has no body, or is no JSON. */
  readonly schema?: z.ZodType;
  readonly example?: unknown;
  /** Of an answer that is no JSON. */
  readonly contentType?: string;
}

/** The names in the braces of a path, each with its text. */
export type ParamsOf<Path extends string> = string extends Path
  ? Record<string, string>
  : Path extends `${string}{${infer Name}}${infer Rest}`
    ? { readonly [Key in Name]: string } & ParamsOf<Rest>
    : unknown;

export function defineOperation<
  const Path extends string,
  const Answers extends AnswersOf,
  Body extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
>(operation: Operation<Path, Body, Query, Answers>): Operation<Path, Body, Query, Answers> {
  return operation;
}

/** GETs look; whatever else does not say that it does, may change something. */
export function changesSomething({ method, looksOnly = false }: Pick<Operation, "method" | "looksOnly">): boolean {
  return method !== "GET" && !looksOnly;
}
