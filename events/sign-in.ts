// Signing in: what a portal sends for its people, and what it is handed.
import * as z from "zod";
import { line } from "./text.ts";

/** Byte for byte: a secret is not ours to trim. */
const secret = z
  .string()
  .min(1, "must not be empty")
  .max(4096, "must have at most 4096 characters")
  .refine((value) => value.isWellFormed(), "is not well-formed Unicode");

const byId = z.strictObject({ id: line(64) });
const domain = z.union([byId, z.strictObject({ name: line(64) })], "must be {id} or {name}").default({ id: "default" });

/** Left out, Keystone takes the user's default project, else none. */
const project = z
  .union([byId, z.strictObject({ name: line(64), domain })], "must be {id}, or {name} with its domain")
  .optional();

const token = z.string().regex(/^[\x21-\x7e]{1,8192}$/, "must be a Keystone token");

export const signInBody = z.discriminatedUnion(
  "method",
  [
    z.strictObject({
      method: z.literal("password"),
      provider: line(64).optional(),
      user: line(255),
      /** Of the user. */
      domain,
      password: secret,
      project,
    }),
    z.strictObject({
      method: z.literal("application-credential"),
      provider: line(64).optional(),
      id: line(64),
      secret,
    }),
    z.strictObject({
      method: z.literal("named-application-credential"),
      provider: line(64).optional(),
      name: line(255),
      user: line(255),
      domain,
      secret,
    }),
    /** A token in place of a password: to choose another project, or one at all. */
    z.strictObject({ method: z.literal("token"), provider: line(64).optional(), token, project }),
  ],
  "must be password, application-credential, named-application-credential or token",
);

export type SignIn = z.output<typeof signInBody>;

const ownProject = z.strictObject({ id: z.string(), name: z.string(), domainId: z.string() });

export const signedIn = z
  .strictObject({
    /** A secret: whoever has it is this user until it ends. */
    token: z.string(),
    expiresAt: z.string(),
    provider: z.string(),
    user: z.strictObject({ id: z.string(), name: z.string(), domainId: z.string() }),
    /** Null: the token is for no project, and nothing but choosing one can be done with it. */
    project: ownProject.nullable(),
    roles: z.array(z.string()),
    /** Decides about others' requests here. */
    isStaff: z.boolean(),
    /** Where the user has a role; null where Keystone could not be asked. */
    projects: z.array(ownProject).nullable(),
    /** Whether requests for images can be made with it: `trust`, by the user's own delegation; `perhaps`, `no`, and why. */
    delegation: z.strictObject({
      by: z.enum(["trust", "perhaps", "no"]),
      detail: z.string().optional(),
      remedy: z.string().optional(),
    }),
  })
  .meta({ id: "SignedIn" });

export const signInExample = {
  method: "password",
  user: "alice",
  domain: { name: "Default" },
  password: "correct horse battery staple",
  project: { name: "astro-lab", domain: { name: "Default" } },
} satisfies z.input<typeof signInBody>;

export const signedInExample = {
  token: "gAAAAABexample",
  expiresAt: "2026-11-27T13:00:00.000Z",
  provider: "jetstream",
  user: { id: "1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6a", name: "alice", domainId: "default" },
  project: { id: "9a7b4f5c8d1e2f3a4b5c6d7e5f1f3a0a", name: "astro-lab", domainId: "default" },
  roles: ["member", "reader"],
  isStaff: false,
  projects: [{ id: "9a7b4f5c8d1e2f3a4b5c6d7e5f1f3a0a", name: "astro-lab", domainId: "default" }],
  delegation: { by: "trust" },
} satisfies z.input<typeof signedIn>;

/** Long enough that nobody guesses it. */
export const webSsoState = /^[A-Za-z0-9_.~-]{16,200}$/;

export const webSsoQuery = z.strictObject({
  provider: line(64).optional(),
  /** The origin of the page that is to be handed the token: one of the policy's; may be left out where there is one only. */
  portal: z.string().max(300).optional(),
  /** Made by the page for this one sign-in, at random; handed back with the token: what comes with another is not what the page began. */
  state: z.string().regex(webSsoState, "must be 16 to 200 letters, digits, - _ . ~"),
});
