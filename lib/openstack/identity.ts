// Keystone beyond tokens: trusts, by which a user lets our service user act in one project.
import * as z from "zod";
import type { Ask, Calls } from "./calls.ts";
import { type Project, projectList } from "./directory.ts";
import { OpenStackFault } from "./faults.ts";
import { segment } from "./segment.ts";
import { timestamp } from "./timestamp.ts";

export interface Identity {
  /**
   * With impersonation: without it neither the trustee nor the trust's own token could delete it (403, measured on Zed). Only the trustor's own token may
   * make one: `forbidden` for a trust's token and an application credential's; `notFound` for a role that the trustor does not have.
   */
  createTrust(wish: TrustWish): Promise<Trust>;
  /** Where the token's own user has a role, by groups too: any token may ask, one without a project also. */
  listMyProjects(): Promise<Project[]>;
  /** `notFound` also when its trustor or trustee is gone. */
  getTrust(id: string): Promise<Trust>;
  /** A user may list the trusts that it is trustee or trustor of; without a filter only an administrator may. */
  listTrusts(filter?: TrustFilter): Promise<Trust[]>;
  /** Success also when there is no such trust (any more). The trustor's token may, and the trust's own; not the trustee's. */
  deleteTrust(id: string): Promise<void>;
}

export interface TrustFilter {
  trusteeUserId?: string | undefined;
  trustorUserId?: string | undefined;
}

export interface TrustWish {
  trustorUserId: string;
  trusteeUserId: string;
  projectId: string;
  /** By name or by id. */
  roles: ({ name: string } | { id: string })[];
  /** ISO. */
  expiresAt: string;
  /** Stored and listed with the trust. */
  extra?: Record<string, string> | undefined;
}

export interface Trust {
  id: string;
  trustorUserId: string;
  trusteeUserId: string;
  projectId: string | null;
  impersonation: boolean;
  expiresAt: string | null;
  deletedAt: string | null;
  /** Undefined in lists: Keystone leaves them out there. */
  roles?: { id: string; name: string }[] | undefined;
  /** Attributes that Keystone does not know and keeps. */
  extra: Record<string, string>;
}

const path = "/OS-TRUST/trusts";

export function identityOf(calls: Calls): Identity {
  const pathOf = (id: string) => `${path}/${segment("identity", id)}`;
  const readOne = async (ask: Ask) => (await calls.read(ask, z.looseObject({ trust: trustRecord }))).body.trust;
  return {
    createTrust: (wish) => readOne({ service: "identity", method: "POST", path, body: { trust: trustBody(wish) } }),
    listMyProjects: async () =>
      (await calls.read({ service: "identity", method: "GET", path: "/auth/projects" }, projectList)).body.projects,
    getTrust: async (id) => readOne({ service: "identity", method: "GET", path: pathOf(id) }),
    async listTrusts({ trusteeUserId, trustorUserId } = {}) {
      const query = new URLSearchParams({
        ...(trusteeUserId !== undefined && { trustee_user_id: trusteeUserId }),
        ...(trustorUserId !== undefined && { trustor_user_id: trustorUserId }),
      });
      const ask: Ask = { service: "identity", method: "GET", path, query };
      const { body } = await calls.read(ask, z.looseObject({ trusts: z.array(trustRecord) }));
      return body.trusts.filter(
        (trust) =>
          (trusteeUserId === undefined || trust.trusteeUserId === trusteeUserId) &&
          (trustorUserId === undefined || trust.trustorUserId === trustorUserId),
      );
    },
    async deleteTrust(id) {
      await calls.send({ service: "identity", method: "DELETE", path: pathOf(id) }).catch((fault: unknown) => {
        if (!(fault instanceof OpenStackFault) || fault.kind !== "notFound") throw fault;
      });
    },
  };
}

function trustBody(wish: TrustWish): object {
  return {
    ...wish.extra,
    trustor_user_id: wish.trustorUserId,
    trustee_user_id: wish.trusteeUserId,
    project_id: wish.projectId,
    impersonation: true,
    roles: wish.roles,
    expires_at: wish.expiresAt,
  };
}

const known = {
  id: z.string(),
  trustor_user_id: z.string(),
  trustee_user_id: z.string(),
  project_id: z.string().nullish(),
  impersonation: z.boolean(),
  expires_at: timestamp.nullish(),
  deleted_at: timestamp.nullish(),
  roles: z.array(z.looseObject({ id: z.string(), name: z.string() })).optional(),
};

const alsoKnown = [
  "links",
  "roles_links",
  "remaining_uses",
  "redelegation_count",
  "redelegated_trust_id",
  "allow_redelegation",
];
const notExtra = new Set([...Object.keys(known), ...alsoKnown]);

const trustRecord = z.looseObject(known).transform(
  (json): Trust => ({
    id: json.id,
    trustorUserId: json.trustor_user_id,
    trusteeUserId: json.trustee_user_id,
    projectId: json.project_id ?? null,
    impersonation: json.impersonation,
    expiresAt: json.expires_at ?? null,
    deletedAt: json.deleted_at ?? null,
    roles: json.roles?.map(({ id, name }) => ({ id, name })),
    extra: extraOf(json),
  }),
);

function extraOf(json: Record<string, unknown>): Record<string, string> {
  const extra: Record<string, string> = {};
  for (const [key, value] of Object.entries(json)) {
    if (!notExtra.has(key) && typeof value === "string") extra[key] = value;
  }
  return extra;
}
