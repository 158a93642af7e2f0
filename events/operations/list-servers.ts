// GET /v1/servers
import * as z from "zod";
import { defineOperation } from "../operation.ts";
import { serverExample, serverListQuery, serverRepresentation } from "../server-representation.ts";

export const listServers = defineOperation({
  id: "list-servers",
  method: "GET",
  path: "/v1/servers",
  tag: "Providers",
  summary: "The project's servers, newest first, with what stands in the way of imaging each",
  description:
    "Only what the cloud's list of servers tells is judged: state, lock, volumes, a request under way. Quota, names, flavors and the base image are looked at by " +
    "/v1/preflights. Temporary servers of ours are left out, so that a page may be short and yet have a `next`.",
  caller: "token",
  query: serverListQuery,
  answers: {
    200: {
      description: "A page; `next` is the `cursor` of the one after it, null on the last",
      schema: z.strictObject({ servers: z.array(serverRepresentation), next: z.string().nullable() }),
      example: { servers: [serverExample], next: null },
    },
  },
  examples: { query: { limit: "10" } },
});
