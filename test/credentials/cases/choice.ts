// Which cloud is meant, and the cloud that plain variables make.
import { asUser, at, authWith, byPassword, type CredentialCase, entry, inFolder, login, member } from "../case.ts";

const variables = {
  OS_AUTH_URL: "{keystone}/v3",
  OS_USERNAME: "u",
  OS_PASSWORD: "secret",
  OS_USER_DOMAIN_ID: "d",
  OS_PROJECT_NAME: "p",
  OS_PROJECT_DOMAIN_ID: "d",
  OS_REGION_NAME: "R1",
};
const two = inFolder({ a: authWith({ username: "a" }), b: authWith({ username: "b" }) });

export const choice: CredentialCase[] = [
  { name: "OS_CLOUD", files: two, env: { OS_CLOUD: "b" }, resolves: asUser("b") },
  { name: "without any word the only one there is", files: inFolder({ c: entry }), resolves: {} },
  {
    name: "without any word, of several none",
    files: two,
    resolves: { refused: /no cloud is named/ },
  },
  { name: "plain variables", env: variables, resolves: {} },
  { name: "plain variables by the name envvars", env: { ...variables, OS_CLOUD: "envvars" }, resolves: {} },
  {
    name: "plain variables by a name of their own",
    env: { ...variables, OS_CLOUD_NAME: "mine" },
    cloud: "mine",
    resolves: {},
  },
  {
    name: "plain variables before the only entry",
    files: inFolder({ c: authWith({ username: "file" }) }),
    env: variables,
    resolves: {},
  },
  {
    name: "OS_CLOUD before plain variables, which then say nothing",
    files: two,
    env: { ...variables, OS_CLOUD: "a", OS_PASSWORD: "other", OS_REGION_NAME: "R2" },
    resolves: asUser("a"),
  },
  {
    name: "OS_REGION_NAME alone makes no cloud, and chooses no region",
    files: inFolder({ c: { ...entry, region_name: undefined, regions: ["R2", "R1"] } }),
    env: { OS_REGION_NAME: "R1" },
    resolves: at("R2"),
  },
  {
    name: "an entry may not be called like the cloud of the variables",
    files: inFolder({ envvars: entry }),
    cloud: "envvars",
    resolves: { refused: /clouds\.envvars: this name is kept/ },
  },
  {
    name: "the old names of variables",
    env: {
      ...variables,
      OS_PROJECT_NAME: "",
      OS_TENANT_NAME: "p",
      OS_ENDPOINT_TYPE: "internalURL",
    },
    resolves: { ...at("R1", "internal") },
    openstacksdk: {
      why: "an empty OS_PROJECT_NAME beside OS_TENANT_NAME leaves it without a project: a variable with nothing in it is unset for us",
      resolves: { ...at("R1", "internal"), ...login(byPassword(member), null) },
    },
  },
  {
    name: "OS_TENANT_ID, OS_USER_ID",
    env: {
      OS_AUTH_URL: "{keystone}/v3",
      OS_USER_ID: "uid",
      OS_PASSWORD: "secret",
      OS_TENANT_ID: "pid",
      OS_REGION_NAME: "R1",
    },
    resolves: login(byPassword({ id: "uid" }), { project: { id: "pid" } }),
  },
  {
    name: "OS_PROJECT_ID wins over OS_TENANT_ID",
    env: { ...variables, OS_PROJECT_NAME: "p", OS_PROJECT_ID: "new", OS_TENANT_ID: "old" },
    resolves: login(byPassword(member), { project: { id: "new" } }),
  },
  {
    name: "a token in OS_TOKEN",
    env: {
      OS_AUTH_URL: "{keystone}/v3",
      OS_AUTH_TYPE: "v3token",
      OS_TOKEN: "t",
      OS_PROJECT_ID: "pid",
      OS_REGION_NAME: "R1",
    },
    resolves: login({ methods: ["token"], token: { id: "t" } }, { project: { id: "pid" } }),
  },
  {
    name: "an application credential",
    env: {
      OS_AUTH_URL: "{keystone}",
      OS_AUTH_TYPE: "v3applicationcredential",
      OS_APPLICATION_CREDENTIAL_ID: "a",
      OS_APPLICATION_CREDENTIAL_SECRET: "s",
      OS_REGION_NAME: "R1",
    },
    resolves: login({ methods: ["application_credential"], application_credential: { id: "a", secret: "s" } }, null),
  },
  {
    name: "OS_CACERT, OS_CERT, OS_KEY",
    files: { "ca.pem": "ca", "own.pem": "own", "own.key": "key" },
    env: { ...variables, OS_CACERT: "{root}/ca.pem", OS_CERT: "{root}/own.pem", OS_KEY: "{root}/own.key" },
    resolves: { cacert: "{root}/ca.pem", cert: "{root}/own.pem", key: "{root}/own.key" },
  },
  { name: "OS_INSECURE=true", env: { ...variables, OS_INSECURE: "true" }, resolves: { verify: false } },
  { name: "OS_INSECURE=False", env: { ...variables, OS_INSECURE: "False" }, resolves: {} },
  {
    name: "OS_INSECURE=1",
    env: { ...variables, OS_INSECURE: "1" },
    resolves: { refused: /^OS_INSECURE: must be true or false$/ },
    openstacksdk: { why: "it takes any other word than `true` for false, and checks on", resolves: {} },
  },
  {
    name: "OS_VERIFY=False",
    env: { ...variables, OS_VERIFY: "False" },
    resolves: { verify: false },
    openstacksdk: {
      why: "it takes the word for the path of a CA file that does not exist",
      resolves: { cacert: "False" },
    },
  },
  {
    name: "variables of tests and logs are none of ours",
    files: inFolder({ c: entry }),
    env: { OS_TEST_PATH: "x", OS_STDOUT_CAPTURE: "1", OS_LOG_CAPTURE: "1" },
    resolves: {},
  },
  {
    name: "what is missing is told by its variable",
    env: { ...variables, OS_PASSWORD: "" },
    resolves: { refused: /^OS_PASSWORD: missing$/ },
  },
];
