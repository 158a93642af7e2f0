// What the fields of an entry mean.
import {
  at,
  auth,
  authWith,
  byPassword,
  type CredentialCase,
  clouds,
  entry,
  inFolder,
  login,
  member,
} from "../case.ts";

const one = (
  name: string,
  c: unknown,
  resolves: CredentialCase["resolves"],
  openstacksdk?: CredentialCase["openstacksdk"],
) => ({
  name,
  files: inFolder({ c }),
  cloud: "c",
  resolves,
  ...(openstacksdk && { openstacksdk }),
});
const yaml = (
  name: string,
  text: string,
  resolves: CredentialCase["resolves"],
  openstacksdk?: CredentialCase["openstacksdk"],
) => ({
  ...one(name, entry, resolves, openstacksdk),
  files: { "cwd/clouds.yaml": text },
});
const { user_domain_id: _user, project_domain_id: _project, ...domainless } = auth;
const inDomain = (domain: object, name = "u") => ({ name, domain });
const scoped = (domain: object) => ({ project: { name: "p", domain } });
const token = { auth_url: "{keystone}/v3", token: "t" };
const asToken = { methods: ["token"], token: { id: "t" } };
const credential = { auth_url: "{keystone}/v3", application_credential_id: "a", application_credential_secret: "s" };
const asCredential = { methods: ["application_credential"], application_credential: { id: "a", secret: "s" } };
const noPassword = authWith({ password: undefined }).auth;
const plainYaml = (password: string, more = "") => `
clouds:
  c:
    region_name: R1
    auth:
      auth_url: "{keystone}/v3"
      username: u
      user_domain_id: d
      project_name: p
      project_domain_id: d
      password: ${password}
${more}`;

export const fields: CredentialCase[] = [
  one(
    "ids need no domain",
    { ...entry, auth: { auth_url: "{keystone}/v3", user_id: "uid", password: "secret", project_id: "pid" } },
    login(byPassword({ id: "uid" }), { project: { id: "pid" } }),
  ),
  one(
    "an id wins over a name",
    authWith({ user_id: "uid", project_id: "pid" }),
    login(byPassword({ id: "uid" }), { project: { id: "pid" } }),
  ),
  one(
    "domains by name",
    { ...entry, auth: { ...domainless, user_domain_name: "U", project_domain_name: "P" } },
    login(byPassword(inDomain({ name: "U" })), scoped({ name: "P" })),
  ),
  one("a domain's id wins over its name", authWith({ user_domain_name: "U", project_domain_name: "P" }), {}),
  one(
    "no domain at all",
    { ...entry, auth: domainless },
    login(byPassword(inDomain({ id: "default" })), scoped({ id: "default" })),
    {
      why: "it asks without a domain, which Keystone refuses; the openstack command takes `default`, and so do we",
      resolves: { refused: /./ },
    },
  ),
  one(
    "default_domain_id and default_domain_name",
    { ...entry, auth: { ...domainless, default_domain_id: "dd" } },
    login(byPassword(inDomain({ id: "dd" })), scoped({ id: "dd" })),
  ),
  one(
    "default_domain_name",
    { ...entry, auth: { ...domainless, default_domain_name: "D", user_domain_name: "U" } },
    login(byPassword(inDomain({ name: "U" })), scoped({ name: "D" })),
  ),
  one(
    "default_domain_id even wins over a name",
    { ...entry, auth: { ...domainless, default_domain_id: "dd", user_domain_name: "U" } },
    login(byPassword(inDomain({ id: "dd" })), scoped({ id: "dd" })),
  ),
  one(
    "domain_id beside a project is the user's and the project's",
    { ...entry, auth: { ...domainless, domain_id: "x" } },
    login(byPassword(inDomain({ id: "x" })), scoped({ id: "x" })),
  ),
  one(
    "domain_name beside a project, where the user has a domain",
    { ...entry, auth: { ...domainless, user_domain_name: "U", domain_name: "X" } },
    login(byPassword(inDomain({ name: "U" })), scoped({ name: "X" })),
  ),
  one(
    "domain_name without a project",
    { ...entry, auth: { ...domainless, project_name: undefined, domain_name: "X", user_domain_id: "d" } },
    { refused: /auth\.domain_name: only a project can be the scope/ },
    {
      why: "it asks for a token of the domain, which reaches no server and no image",
      resolves: { ...login(byPassword(member), { domain: { name: "X" } }) },
    },
  ),
  one(
    "a trust",
    { ...entry, auth: { ...auth, project_name: undefined, project_domain_id: undefined, trust_id: "t" } },
    { refused: /auth\.trust_id: only a project can be the scope/ },
    {
      why: "trusts are Darkroom's own to make, one a request",
      resolves: login(byPassword(member), { "OS-TRUST:trust": { id: "t" } }),
    },
  ),
  one(
    "the whole system",
    { ...entry, auth: { ...auth, project_name: undefined, project_domain_id: undefined, system_scope: "all" } },
    { refused: /auth\.system_scope: only a project can be the scope/ },
    {
      why: "a token of the system has no project to work in",
      resolves: login(byPassword(member), { system: { all: true } }),
    },
  ),
  one(
    "no project",
    { ...entry, auth: { ...auth, project_name: undefined, project_domain_id: undefined } },
    login(byPassword(member), null),
  ),
  one(
    "tenant_name and tenant_id",
    { ...entry, auth: { ...auth, project_name: undefined, tenant_name: "old" } },
    login(byPassword(member), { project: { name: "old", domain: { id: "d" } } }),
  ),
  one("project_name wins over tenant_name", authWith({ tenant_name: "old" }), {}),
  one(
    "fields with dashes",
    {
      "region-name": "R1",
      auth: {
        "auth-url": "{keystone}/v3",
        username: "u",
        password: "secret",
        "user-domain-id": "d",
        "project-name": "p",
        "project-domain-id": "d",
      },
    },
    {},
  ),
  one("credentials beside auth instead of in it", { ...auth, region_name: "R1" }, {}),
  one(
    "what is in auth wins over what is beside it",
    { ...entry, username: "outside", password: "outside", project_name: "outside" },
    {},
  ),
  one("user_name, an older name", { ...entry, auth: { ...auth, username: undefined, user_name: "u" } }, {}),

  one("v3password", { ...entry, auth_type: "v3password" }, {}),
  one("token", { auth: token, auth_type: "token", region_name: "R1" }, login(asToken, null)),
  one(
    "v3token with a project",
    { auth: { ...token, project_name: "p", project_domain_id: "d" }, auth_type: "v3token", region_name: "R1" },
    login(asToken),
  ),
  one(
    "auth_token, an older name",
    { auth: { auth_url: "{keystone}/v3", auth_token: "t" }, auth_type: "v3token", region_name: "R1" },
    login(asToken, null),
  ),
  one(
    "v3applicationcredential by id",
    { auth: credential, auth_type: "v3applicationcredential", region_name: "R1" },
    login(asCredential, null),
  ),
  one(
    "v3applicationcredential by its name and its user",
    {
      auth: {
        auth_url: "{keystone}/v3",
        application_credential_name: "n",
        application_credential_secret: "s",
        username: "u",
        user_domain_id: "d",
      },
      auth_type: "v3applicationcredential",
      region_name: "R1",
    },
    login(
      { methods: ["application_credential"], application_credential: { name: "n", secret: "s", user: member } },
      null,
    ),
  ),
  one(
    "v3applicationcredential beside a project",
    { auth: { ...credential, project_id: "pid" }, auth_type: "v3applicationcredential", region_name: "R1" },
    login(asCredential, null),
    {
      why: "it asks for the project too, which Keystone refuses: such a credential is bound to its own",
      resolves: { refused: /./ },
    },
  ),
  one(
    "an application credential without auth_type",
    { auth: credential, region_name: "R1" },
    login(asCredential, null),
    {
      why: "it looks for a password alone, and fails for want of one",
      resolves: { refused: /./ },
    },
  ),
  one("a token without auth_type", { auth: token, region_name: "R1" }, login(asToken, null), {
    why: "it looks for a password alone, and fails for want of one",
    resolves: { refused: /./ },
  }),
  one(
    "a password beside an application credential, without auth_type",
    authWith({ application_credential_id: "a", application_credential_secret: "s" }),
    {},
    {
      why: "it hands the password plugin what that does not know, and breaks",
      resolves: { refused: /./ },
    },
  ),
  one(
    "a password beside a token, without auth_type",
    authWith({ token: "t" }),
    {},
    { why: "it hands the password plugin what that does not know, and breaks", resolves: { refused: /./ } },
  ),
  one("auth_plugin, the older name of auth_type, counts for nothing", { ...entry, auth_plugin: "v3token" }, {}),
  one(
    "an auth_type that we do not speak",
    { ...entry, auth_type: "v3oidcpassword" },
    { refused: /clouds\.c\.auth_type: must be password, token or v3applicationcredential/ },
  ),
  one("version 2 of Keystone", { ...entry, auth_type: "v2password" }, { refused: /clouds\.c\.auth_type: must be/ }),
  one("no password", { ...entry, auth: noPassword }, { refused: /clouds\.c\.auth\.password: missing/ }),
  one("no address", authWith({ auth_url: undefined }), { refused: /clouds\.c\.auth\.auth_url: missing/ }),

  one("an address without a version", authWith({ auth_url: "{keystone}" }), {}),
  one("an address with a slash at its end", authWith({ auth_url: "{keystone}/" }), {}),
  one("identity_api_version: 3", { ...entry, identity_api_version: 3 }, {}),
  one(
    "identity_api_version: 2",
    { ...entry, identity_api_version: "2.0" },
    { refused: /identity_api_version: only version 3 is spoken/ },
    {
      why: "it asks Keystone which versions there are, whatever is written: an entry that says 2 is told to be out of date",
      resolves: {},
    },
  ),
  one(
    "versions, retries and settings that are not ours break nothing",
    {
      ...entry,
      compute_api_version: "2.1",
      compute_default_microversion: "2.79",
      image_api_version: 2,
      volume_api_version: "3",
      network_api_version: "2.0",
      image_status_code_retries: 5,
      api_timeout: 30,
      has_network: false,
      floating_ip_source: null,
      networks: [{ name: "n", routes_externally: true }],
      image_format: "raw",
      future_setting: { a: [1] },
    },
    {},
  ),
  {
    ...one("other parts of the file break nothing", entry, {}),
    files: {
      "cwd/clouds.yaml": clouds({ c: entry }, { cache: { auth: true }, client: { force_ipv4: true }, metrics: {} }),
    },
  },

  one("interface", { ...entry, interface: "internal" }, at("R1", "internal")),
  one("interface in its old form", { ...entry, interface: "internalURL" }, at("R1", "internal")),
  one("endpoint_type", { ...entry, endpoint_type: "internal" }, at("R1", "internal")),
  one(
    "endpoint_type wins over interface",
    { ...entry, interface: "public", endpoint_type: "internal" },
    at("R1", "internal"),
  ),
  one(
    "an interface that is none",
    { ...entry, interface: "inner" },
    { refused: /clouds\.c\.interface: must be public, internal or admin/ },
    {
      why: "it finds no service behind it, and says so only at the first call",
      resolves: { interface: "inner", compute: null, image: null },
    },
  ),
  one(
    "a service's own interface and region",
    { ...entry, compute_interface: "internal", image_region_name: "R2" },
    { compute: "/compute/R1/internal/v2.1", image: "/image/R2/public/v2" },
  ),
  one(
    "a service's own endpoint_type",
    { ...entry, image_endpoint_type: "internal" },
    { image: "/image/R1/internal/v2" },
  ),
  one(
    "a service's own address",
    {
      ...entry,
      compute_endpoint_override: "{keystone}/elsewhere/v2.1",
      image_endpoint_override: "{keystone}/glance/v2",
    },
    { compute: "/elsewhere/v2.1", image: "/glance/v2" },
  ),
  one(
    "a service's own address with the project in it",
    { ...entry, compute_endpoint_override: "{keystone}/v2.1/%(project_id)s" },
    { refused: /clouds\.c\.compute_endpoint_override: must be written out/ },
    {
      why: "keystoneauth fills it in at the first call; no cloud of today needs the project in an address",
      resolves: { compute: "/v2.1/%(project_id)s" },
    },
  ),

  one("verify: false", { ...entry, verify: false }, { verify: false }),
  one("insecure: true wins over verify", { ...entry, insecure: true, verify: true }, { verify: false }),
  one("insecure: false leaves verify: false", { ...entry, insecure: false, verify: false }, { verify: false }),
  {
    ...one("cacert", { ...entry, cacert: "{root}/ca.pem" }, { cacert: "{root}/ca.pem" }),
    files: { ...inFolder({ c: { ...entry, cacert: "{root}/ca.pem" } }), "ca.pem": "ca" },
  },
  {
    ...one("cacert in the home", entry, { cacert: "{root}/home/ca.pem" }),
    files: { ...inFolder({ c: { ...entry, cacert: "~/ca.pem" } }), "home/ca.pem": "ca" },
  },
  {
    ...one("cacert counts for nothing where nothing is checked", entry, { verify: false }),
    files: { ...inFolder({ c: { ...entry, verify: false, cacert: "{root}/ca.pem" } }), "ca.pem": "ca" },
  },
  {
    ...one("cert and key", entry, { cert: "{root}/home/own.pem", key: "{root}/own.key" }),
    files: {
      ...inFolder({ c: { ...entry, cert: "~/own.pem", key: "{root}/own.key" } }),
      "home/own.pem": "own",
      "own.key": "key",
    },
  },
  {
    ...one("cert with its key in it", entry, { cert: "{root}/own.pem" }),
    files: { ...inFolder({ c: { ...entry, cert: "{root}/own.pem" } }), "own.pem": "own" },
  },
  one(
    "a text for verify",
    { ...entry, verify: "false" },
    { verify: false },
    {
      why: "it takes the word for the path of a CA file that does not exist",
      resolves: { cacert: "false" },
    },
  ),
  one(
    "a word for verify that is neither",
    { ...entry, verify: "perhaps" },
    { refused: /clouds\.c\.verify: must be true or false/ },
    {
      why: "it takes the word for the path of a CA file that does not exist",
      resolves: { cacert: "perhaps" },
    },
  ),

  yaml("YAML's words for true and false", plainYaml("secret", "    verify: no\n    insecure: off\n"), {
    verify: false,
  }),
  yaml(
    "anchors and merge keys",
    `
base: &base
  auth_url: "{keystone}/v3"
  user_domain_id: d
  project_domain_id: d
clouds:
  c:
    region_name: R1
    auth: {<<: *base, username: u, password: secret, project_name: p}
`,
    {},
  ),
  yaml("a password in digits", plainYaml("1234"), login(byPassword(member, "1234"))),
  yaml("a password in quotes", plainYaml("'012: #3'"), login(byPassword(member, "012: #3"))),
  yaml("a password that YAML takes for a number in base 8", plainYaml("0123"), login(byPassword(member, "0123")), {
    why: "it sends 83: what a person wrote is what they meant",
    resolves: login(byPassword(member, "83")),
  }),
  yaml("a password that YAML takes for a number of minutes", plainYaml("12:30"), login(byPassword(member, "12:30")), {
    why: "it sends 750: what a person wrote is what they meant",
    resolves: login(byPassword(member, "750")),
  }),
  yaml("a password that YAML takes for true", plainYaml("yes"), {
    refused: /auth\.password: must be a text, in quotes/,
  }),
  yaml(
    "a field with nothing in it",
    plainYaml("secret", "    interface:\n    cacert: ~\n    endpoint_type: null\n"),
    {},
    {
      why: "an endpoint_type that is nothing takes its interface away",
      resolves: { interface: "" },
    },
  ),
  yaml(
    "a project with nothing in it",
    plainYaml("secret").replace("project_name: p", "project_name:"),
    login(byPassword(member), null),
    {
      why: "it asks for a project that is called None",
      resolves: login(byPassword(member), { project: { name: "None", domain: { id: "d" } } }),
    },
  ),
  yaml(
    "a field that stands twice",
    plainYaml("secret", "    region_name: R2\n"),
    { refused: /is no YAML \(DUPLICATE_KEY at character \d+\)/ },
    {
      why: "the last one wins there, without a word",
      resolves: at("R2"),
    },
  ),
  yaml("an entry that is a text", "clouds: {c: text}", { refused: /clouds\.c: must be a mapping/ }),
  yaml("an auth that is a text", "clouds: {c: {auth: text}}", { refused: /clouds\.c\.auth: missing/ }),
];
