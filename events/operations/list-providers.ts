// GET /v1/providers
import * as z from "zod";
import { defineOperation } from "../operation.ts";

const provider = z
  .strictObject({
    name: z.string(),
    /** What may be asked for. */
    visibilities: z.array(z.string()),
    /** Images of these need the yes of staff. */
    approvalNeededFor: z.array(z.string()),
    approvalDeadlineDays: z.number(),
    /** Requests are taken and kept, and begin once it is not paused any more. */
    paused: z.boolean(),
    limits: z.strictObject({
      /** Of one project, under way at once. */
      liveRequestsPerProject: z.int(),
      callsPerMinute: z.strictObject({ reading: z.int(), changing: z.int() }),
    }),
    /** Images can be shared with people by name, and projects are checked: the provider has a directory. */
    sharesByName: z.boolean(),
    /** People of an identity provider sign in by `GET /v1/tokens/websso`. */
    webSso: z.boolean(),
    /** What a requester acknowledges. */
    license: z.strictObject({ version: z.string(), text: z.string() }),
    supportContact: z.string().nullable(),
    /** Null where no token was sent. */
    caller: z
      .union([
        z.strictObject({
          signedIn: z.literal(true),
          user: z.strictObject({ id: z.string(), name: z.string() }),
          project: z.strictObject({ id: z.string(), name: z.string() }),
          /** Decides on what waits for staff here. */
          isStaff: z.boolean(),
          /** May ask for images and change them; who is only a reader may look. */
          mayChange: z.boolean(),
        }),
        z.strictObject({ signedIn: z.literal(false), remedy: z.string() }),
      ])
      .nullable(),
  })
  .meta({ id: "Provider" });

export const listProviders = defineOperation({
  id: "list-providers",
  method: "GET",
  path: "/v1/providers",
  tag: "Providers",
  summary: "The clouds of this installation, what each allows, and which of them the caller can reach",
  description:
    "For anybody. With a token in X-Auth-Token each says what its bearer may do there too. A token is of one cloud, the one that `Darkroom-Provider` names " +
    "where there are several, and is shown to no other: to those one signs in apart.",
  caller: "anybody",
  answers: {
    200: {
      description: "Each with its policy",
      schema: z.strictObject({ providers: z.array(provider) }),
      example: {
        providers: [
          {
            name: "jetstream",
            visibilities: ["private", "shared"],
            approvalNeededFor: ["shared"],
            approvalDeadlineDays: 14,
            paused: false,
            limits: { liveRequestsPerProject: 10, callsPerMinute: { reading: 600, changing: 60 } },
            sharesByName: true,
            webSso: false,
            license: { version: "1", text: "The image contains no licence-restricted software." },
            supportContact: "help@example.org",
            caller: {
              signedIn: true,
              user: { id: "0123456789abcdef0123456789abcdef", name: "bob" },
              project: { id: "6f70656e737461636b20342065766572", name: "bio-lab" },
              isStaff: false,
              mayChange: true,
            },
          },
        ],
      },
    },
  },
  problems: [400, 401, 422, 503],
  examples: {},
});
