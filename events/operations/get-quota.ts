// GET /v1/quota
import { defineOperation } from "../operation.ts";
import { quota, quotaExample, quotaQuery } from "../quota.ts";

export const getQuota = defineOperation({
  id: "get-quota",
  method: "GET",
  path: "/v1/quota",
  tag: "Providers",
  summary: "What the project may have and has; what imaging a server would need",
  description:
    "Many clouds do not tell how many images a project may have: then `used` is counted (up to 1000 images), `limit` and `free` are unknown.",
  caller: "token",
  query: quotaQuery,
  answers: { 200: { description: "The project's quota", schema: quota, example: quotaExample } },
  examples: { query: { serverId: quotaExample.needs.server.id } },
});
