// Images that staff let be public, and that Glance could not be told of at once: it is told again until it takes it.
import middy from "@middy/core";
import { finishPublicity } from "../../lib/images/finish-publicity.ts";
import { openRuntime } from "../../lib/runtime.ts";

export const handler = middy().handler(async () => finishPublicity(await openRuntime()));
