// What Keystone knows: projects, users, roles and who has them, and what users have delegated. One domain, `Default`.

export type Project = { id: string; name: string; description: string; enabled: boolean };

export type User = {
  id: string;
  name: string;
  enabled: boolean;
  passwordHash: string;
  defaultProjectId: string | null;
};

/** `implies`: ids of the roles that come with it (admin implies member, member implies reader). */
export type Role = { id: string; name: string; implies: string[]; immutable: boolean };

export type Grant = { userId: string; projectId: string; roleId: string };

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
