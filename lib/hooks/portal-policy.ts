// What the policy file says of a portal.
import * as z from "zod";
import { imageRequestBody } from "../../events/image-request.ts";
import { webhookSecrets } from "./standard-webhook.ts";

/** In every text of a portal's request. */
const ownValues = ["date", "time"];
const fieldsOfRequest = Object.keys(imageRequestBody.shape).filter((name) => name !== "provider");

export const portalPolicy = z
  .strictObject({
    secret: webhookSecrets,
    provider: z.string().min(1).max(64),
    /** The entry of clouds.yaml whose user asks, with a password: the requests are theirs, in their project. */
    cloud: z.string().min(1),
    /** Fields that a call must bring, in its `data`; each fills `{field}` in the texts of `request`. */
    given: z
      .array(z.string().regex(/^[a-z]\w{0,39}$/i, "must be the name of a field"))
      .max(20)
      .default([]),
    /** The body of POST /v1/image-requests; `{date}`, `{time}` and `{…}` of what is given are filled in. */
    request: z.record(z.enum(fieldsOfRequest as [string, ...string[]], "is not a field of a request"), z.unknown()),
  })
  .superRefine(({ given, request }, context) => {
    for (const name of given.filter((each) => ownValues.includes(each)))
      context.addIssue({ code: "custom", path: ["given"], message: `${name} is filled in by us` });
    const known = [...ownValues, ...given];
    for (const [, name] of JSON.stringify(request).matchAll(/\{(\w+)\}/g)) {
      if (!known.includes(name ?? ""))
        context.addIssue({
          code: "custom",
          path: ["request"],
          message: `{${name}} is neither given nor one of {date}, {time}`,
        });
    }
  });

export type PortalPolicy = z.output<typeof portalPolicy>;
