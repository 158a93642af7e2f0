// One case of how credentials are found: files, variables, and what comes of them. Two suites use the same cases: ours, and openstacksdk's.

export interface CredentialCase {
  readonly name: string;
  /** By their path below the case's own folder: `cwd/` is the working directory, `home/` the person's, `site/` the machine's. `{root}` and `{keystone}` are filled in. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Which cloud is asked for; `undefined` for the one that is meant where none is named. */
  readonly cloud?: string | undefined;
  readonly region?: string;
  readonly resolves: Partial<Resolved> | Refused;
  /** Where openstacksdk comes to something else, and why we do not follow. */
  readonly openstacksdk?: { readonly why: string; readonly resolves: Partial<Resolved> | Refused };
}

/** Our message; openstacksdk's is its own. */
export interface Refused {
  readonly refused: RegExp;
}

/** What is left out of a case is as in `plain`. */
export interface Resolved {
  /** What Keystone was asked, and below which path of its own. */
  readonly login: { readonly path: string; readonly identity: unknown; readonly scope: unknown };
  readonly region: string | null;
  readonly interface: string;
  readonly verify: boolean;
  readonly cacert: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  /** The address that would be called; null where none can be told. */
  readonly compute: string | null;
  readonly image: string | null;
}

export const member = { name: "u", domain: { id: "d" } };
export const scope = { project: { name: "p", domain: { id: "d" } } };
export const byPassword = (user: object, password = "secret") => ({
  methods: ["password"],
  password: { user: { ...user, password } },
});

export const plain: Resolved = {
  login: { path: "/v3/auth/tokens", identity: byPassword(member), scope },
  region: "R1",
  interface: "public",
  verify: true,
  cacert: null,
  cert: null,
  key: null,
  compute: "/compute/R1/public/v2.1",
  image: "/image/R1/public/v2",
};

export const login = (identity: unknown, itsScope: unknown = scope, path = plain.login.path) => ({
  login: { path, identity, scope: itsScope },
});
/** Every service in a region and behind an interface. */
export const at = (region: string, face = "public") => ({
  region,
  interface: face,
  compute: `/compute/${region}/${face}/v2.1`,
  image: `/image/${region}/${face}/v2`,
});

/** What `plain` is the answer to. */
export const auth = {
  auth_url: "{keystone}/v3",
  username: "u",
  password: "secret",
  user_domain_id: "d",
  project_name: "p",
  project_domain_id: "d",
};
export const entry = { auth, region_name: "R1" };

/** `auth` with some fields changed, and without those that are undefined. */
export const authWith = (more: Record<string, unknown>) => ({ ...entry, auth: { ...auth, ...more } });
/** The text of clouds.yaml, or secure.yaml; JSON is YAML. */
export const clouds = (named: Record<string, unknown>, more: object = {}) => JSON.stringify({ clouds: named, ...more });
/** The one file that most cases have. */
export const inFolder = (named: Record<string, unknown>) => ({ "cwd/clouds.yaml": clouds(named) });
export const asUser = (name: string) => login(byPassword({ ...member, name }));
