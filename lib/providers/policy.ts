// The policy file, darkroom.yaml: which clouds there are, and what each one's operator allows.
import { parseDocument } from "yaml";
import * as z from "zod";
import { portalPolicy } from "../hooks/portal-policy.ts";
import { webhookSecrets } from "../hooks/standard-webhook.ts";
import { bootProperties } from "./boot-properties.ts";
import { webSso } from "./web-sso.ts";

const visibility = z.enum(["private", "shared", "community", "public"]);

const days = (least: number, otherwise: number) => z.number().min(least).max(3650).default(otherwise);

/** What nobody needs any more. Nothing of anybody's is touched unless the operator switches it on. */
const tidying = z
  .strictObject({
    /** Are people told of unused snapshots, and these hidden and deleted in the end? Without it there is only the plan. */
    enabled: z.boolean().default(false),
    /** A snapshot that nothing uses is looked at once it is so old. */
    snapshotsUnusedDays: days(1, 180),
    /** From telling to hiding. */
    tellDays: days(1, 14),
    /** From hiding to deleting. */
    hideDays: days(1, 14),
    /** An image of whose owner neither an address nor a webhook is known: is it left alone, or does it go although nobody was told? */
    unreachableOwners: z.enum(["keep", "proceed"]).default("keep"),
    /** An image with this tag is left alone. */
    keepTag: z.string().min(1).max(255).default("keep"),
    /** So many images are deleted in one pass over the provider at most; a pass is made once a day. */
    deletionsPerPass: z.number().int().min(1).max(1000).default(100),
    /** Is what our own requests left behind removed, once they have ended so long ago? Needs `staffCloud`. */
    orphans: z.boolean().default(true),
    orphanGraceHours: z.number().min(1).max(720).default(24),
  })
  .transform(({ snapshotsUnusedDays, tellDays, hideDays, orphanGraceHours, ...rest }) => ({
    ...rest,
    snapshotsUnusedMs: snapshotsUnusedDays * 86_400_000,
    tellMs: tellDays * 86_400_000,
    hideMs: hideDays * 86_400_000,
    orphanGraceMs: orphanGraceHours * 3_600_000,
  }))
  .prefault({});

const providerPolicy = z
  .strictObject({
    /** The entry of clouds.yaml that is our service user: a plain member of a project of its own. */
    cloud: z.string().min(1),
    /** In place of the entry's own region. */
    region: z.string().min(1).optional(),
    /** The entry of clouds.yaml that may tidy up where a requester's delegation is gone. */
    staffCloud: z.string().min(1).optional(),
    /** The entry of clouds.yaml that may look people and projects up: a reader of the system or of their domain. It does nothing else. */
    directoryCloud: z.string().min(1).optional(),
    /** Users of the operator's with a role in projects, on whose credential work runs for callers that cannot delegate; `projects` left out: wherever they have a role. */
    serviceAccounts: z
      .array(
        z.strictObject({ cloud: z.string().min(1), projects: z.array(z.string().min(1)).min(1).max(1000).optional() }),
      )
      .max(20)
      .default([]),
    /** How people of an identity provider sign in. */
    webSso: webSso.optional(),
    /** Who may decide: a role on a project, by the project's id. The same role elsewhere counts for nothing. */
    approvers: z.array(z.strictObject({ role: z.string().min(1), project: z.string().min(1) })).default([]),
    /** Images of these visibilities need a person's yes. */
    approvalNeededFor: z.array(visibility).default(["shared", "community", "public"]),
    approvalDeadlineDays: z.number().positive().max(90).default(14),
    /** May staff decide about what they asked for themselves? */
    selfApproval: z.boolean().default(false),
    /** What may be asked for. */
    visibilities: z.array(visibility).min(1).default(["private", "shared"]),
    /** For how long a request waits for a service of the cloud that does not answer. */
    outagePatienceHours: z.number().positive().max(168).default(4),
    /** The flavor of temporary servers, by name or id; left out, the least that fits is taken. */
    testFlavor: z.string().min(1).max(255).optional(),
    /** The least memory of a temporary server where none is named. */
    testRamMib: z.number().int().min(64).max(1_048_576).default(1024),
    /** For how long a guest may stand still, printing nothing new, before it is given up; eight times that in all. */
    guestPatienceMinutes: z.number().positive().max(120).default(15),
    /** Is an image without a running qemu-guest-agent refused, or published with a warning? */
    guestAgent: z.enum(["needed", "welcome"]).default("welcome"),
    /** May an image leave its project although files that were deleted before the cleaning could perhaps be read in it? */
    unpromisedFreeSpace: z.enum(["private-only", "any"]).default("private-only"),
    /** Are images that were taken as they are booted once before they count as made? */
    proveAsIs: z.boolean().default(false),
    /** What a cleaned image is to boot with (the list of Jetstream2's guide, say). Buses are set only where the guest can boot with them. */
    bootProperties: bootProperties.default({}),
    /** What the cloud's event bridge signs with, or Ceilometer and Aodh bring. Without it no events of this cloud are taken. */
    eventSecret: webhookSecrets.optional(),
    /** Of one user in one project, beyond which they are told to wait. */
    callsPerMinute: z
      .strictObject({
        /** Counted by each instance of a function. */
        reading: z.int().min(1).max(100_000).default(600),
        /** Counted for the whole installation. */
        changing: z.int().min(1).max(100_000).default(60),
      })
      .prefault({}),
    tidying,
    /** Held: what is new or has begun nothing waits; what holds something in the cloud goes on. */
    paused: z.boolean().default(false),
    /** So many requests of one project may be under way at once. */
    liveRequestsPerProject: z.number().int().min(1).max(1000).default(10),
    /** Consoles, reports and addresses are erased so long after a request's end. */
    personalDataDays: z.number().positive().max(3650).default(90),
    /** Where people turn to. */
    supportContact: z.string().min(1).max(200).optional(),
    /** Who mail comes from: `Imaging <imaging@example.org>`. Left out, no mail is sent. */
    mailFrom: z
      .string()
      .max(320)
      .regex(
        /^([^<>@\p{Cc}]+<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/u,
        "must be an address, or a name and <an address>",
      )
      .optional(),
    /** Where Keystone knows no address of a requester, the one that they give is taken if it is of one of these domains. */
    mailDomains: z
      .array(
        z
          .string()
          .toLowerCase()
          .regex(/^([a-z0-9-]+\.)+[a-z0-9-]+$/, "must be a domain"),
      )
      .default([]),
    /** The portal's page that mails link to; `{id}` in it becomes the id of the request or image. */
    portalUrl: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .optional(),
    license: z.strictObject({ version: z.string().min(1).max(40), text: z.string().min(1).max(8000) }).default({
      version: "1",
      text: "The image contains no licence-restricted software that is prohibited from distribution within a virtual or cloud environment.",
    }),
  })
  .transform(({ approvalDeadlineDays, outagePatienceHours, guestPatienceMinutes, personalDataDays, ...policy }) => ({
    ...policy,
    personalDataMs: personalDataDays * 86_400_000,
    guestPatienceMs: guestPatienceMinutes * 60_000,
    approvalDeadlineMs: approvalDeadlineDays * 86_400_000,
    outagePatienceMs: outagePatienceHours * 3_600_000,
  }));

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must be lower-case letters, digits and dashes");

const policyFile = z.strictObject({
  providers: z.record(name, providerPolicy),
  /** Portals and CIs whose signed calls start requests. */
  portals: z.record(name, portalPolicy).default({}),
});

/** One provider's policy; times in ms. */
export type Policy = z.output<typeof providerPolicy>;
export type PolicyFile = z.output<typeof policyFile>;

/** Throws an Error that names the source and every wrong field. */
export function parsePolicy(text: string, source: string): PolicyFile {
  const document = parseDocument(text);
  const [syntax] = document.errors;
  if (syntax) throw new Error(`${source} is no YAML: ${syntax.message}`);
  const parsed = policyFile.safeParse(document.toJS() ?? {});
  if (parsed.success && Object.keys(parsed.data.providers).length > 0) return parsed.data;
  const issues = parsed.error?.issues.map((issue) => {
    const message =
      issue.code === "invalid_key" ? issue.issues.map((inner) => inner.message).join(", ") : issue.message;
    return `${issue.path.join(".") || "the file"}: ${message}`;
  });
  throw new Error(`${source}: ${issues?.join("; ") ?? "providers: must name at least one"}`);
}

/** Without a policy file: one provider, the cloud's own name, and the defaults. Nobody can approve, so only what needs nobody is possible. */
export function defaultPolicy(cloudName: string): PolicyFile {
  const name = cloudName.toLowerCase().replaceAll(/[^a-z0-9-]/g, "-");
  return policyFile.parse({ providers: { [name]: { cloud: cloudName } } });
}
