// Images that staff let be public, and that Glance could not be told of at once: it is told again until it takes it. Questions that nobody decides go.
import middy from "@middy/core";
import type { Context } from "aws-lambda";
import { finishPublicity } from "../../lib/images/finish-publicity.ts";
import { openRuntime } from "../../lib/runtime.ts";

export const handler = middy().handler(async (_event: unknown, context: Context) =>
  finishPublicity(await openRuntime(), () => context.getRemainingTimeInMillis()),
);
