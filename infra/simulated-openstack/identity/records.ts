// What Keystone knows: projects, users, roles and who has them, and what users have delegated. One domain, `Default`.

export type Project = { id: string; name: string; description: string; enabled: boolean };

export type User = {
  id: string;
  name: string;
  enabled: boolean;
  passwordHash: string;
  defaultProjectId: string | null;
  /** Any attribute more is kept and shown; this one is the usual. */
  email?: string;
  /** Comes through the identity provider, and has no password here. */
  federated?: {
    /** Roles of the groups that the mapping puts the user into: they hold for tokens of that sign-in only and are nowhere stored as the user's own. */
    mappedRoles: { projectId: string; roleId: string }[];
  };
};

/** `implies`: ids of the roles that come with it (admin implies member, member implies reader). */
export type Role = { id: string; name: string; implies: string[]; immutable: boolean };

export type Grant = { userId: string; projectId: string; roleId: string };

/** A role on the whole system. */
export type SystemGrant = { userId: string; roleId: string };

/** One identity provider with one protocol, and the pages that may be handed a token (keystone.conf: trusted_dashboard). */
export type Federation = {
  identityProvider: string;
  protocol: string;
  trustedDashboards: string[];
  /** As whom the identity provider knows whoever comes next; null: nobody has signed in there. */
  signedIn: string | null;
};

export type Trust = {
  id: string;
  trustorUserId: string;
  trusteeUserId: string;
  projectId: string | null;
  roleIds: string[];
  impersonation: boolean;
  expiresAt: number | null;
  remainingUses: number | null;
  /** Attributes that Keystone does not know are stored and shown. */
  extra: Record<string, unknown>;
};

export type ApplicationCredential = {
  id: string;
  name: string;
  description: string | null;
  userId: string;
  projectId: string;
  roleIds: string[];
  secretHash: string;
  expiresAt: number | null;
  /** Null where the request did not say: then it is restricted. */
  unrestricted: boolean | null;
};
