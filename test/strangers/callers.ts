// Who calls: the columns of the table, in their order.

export const callers = [
  /** Who made the thing. */
  "owner",
  /** Another member of the owner's project. */
  "colleague",
  /** Somebody with nothing but the role `reader` in the owner's project. */
  "reader",
  /** Staff of the provider: the policy's role on the policy's project. */
  "staff",
  /** A member of another project. */
  "stranger",
  /** The same person as `staff`, with the same role, on the stranger's project. */
  "elsewhere",
  /** The owner, with a token for no project. */
  "unscoped",
  "nobody",
  /** The owner's own token, after its end. */
  "expired",
  /** It looks like a token. */
  "garbage",
  /** A good token, of another Keystone. */
  "foreign",
] as const;

export type Caller = (typeof callers)[number];

/** Those to whom a thing of the owner's must be as one that never was. */
export const outsiders: readonly Caller[] = callers.filter(
  (caller) => !["owner", "colleague", "reader", "staff"].includes(caller),
);

export const garbageToken = `gAAAAAB${"m0tAT0ken".repeat(20)}`;

/** Of the provider's event bridge; by this alone it is known, whatever token it sends. */
export const eventSecret = `whsec_${Buffer.from("the event bridge of a cloud, 32 b").toString("base64")}`;

/** Signs in with a password; without a project the token is for none. */
export async function signIn(
  authUrl: string,
  { user, password, project }: { user: string; password: string; project?: string },
): Promise<string> {
  const domain = { id: "default" };
  const identity = { methods: ["password"], password: { user: { name: user, domain, password } } };
  const scope = project === undefined ? "unscoped" : { project: { name: project, domain } };
  const answer = await fetch(`${authUrl}/auth/tokens`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ auth: { identity, scope } }),
  });
  const token = answer.headers.get("x-subject-token");
  if (!token) throw new Error(`no token for ${user}: ${answer.status} ${await answer.text()}`);
  return token;
}
