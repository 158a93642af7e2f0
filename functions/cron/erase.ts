// Every hour: consoles, reports and addresses of requests that ended long enough ago are erased.
import middy from "@middy/core";
import { eraseDue } from "../../lib/personal-data/erase-due.ts";
import { openRuntime } from "../../lib/runtime.ts";

export const handler = middy().handler(async () => eraseDue(await openRuntime()));
