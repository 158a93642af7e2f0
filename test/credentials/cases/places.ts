// Where the files are, and which of them counts.
import { asUser, authWith, byPassword, type CredentialCase, clouds, entry, inFolder, login, member } from "../case.ts";

const user = (username: string) => clouds({ c: authWith({ username }) });
const passwordless = { ...entry, auth: { ...authWith({ password: undefined }).auth } };

export const places: CredentialCase[] = [
  { name: "the working directory's clouds.yaml", files: inFolder({ c: entry }), cloud: "c", resolves: {} },
  {
    name: "the working directory before home and machine",
    files: {
      "cwd/clouds.yaml": user("cwd"),
      "home/.config/openstack/clouds.yaml": user("home"),
      "site/openstack/clouds.yaml": user("site"),
    },
    cloud: "c",
    resolves: asUser("cwd"),
  },
  {
    name: "home before the machine",
    files: { "home/.config/openstack/clouds.yaml": user("home"), "site/openstack/clouds.yaml": user("site") },
    cloud: "c",
    resolves: asUser("home"),
  },
  {
    name: "the machine's",
    files: { "site/openstack/clouds.yaml": user("site") },
    cloud: "c",
    resolves: asUser("site"),
  },
  {
    name: "XDG_CONFIG_HOME before ~/.config",
    files: { "xdg/openstack/clouds.yaml": user("xdg"), "home/.config/openstack/clouds.yaml": user("home") },
    env: { XDG_CONFIG_HOME: "{root}/xdg" },
    cloud: "c",
    resolves: asUser("xdg"),
  },
  {
    name: "~/.config also where XDG_CONFIG_HOME is set",
    files: { "home/.config/openstack/clouds.yaml": user("home") },
    env: { XDG_CONFIG_HOME: "{root}/xdg" },
    cloud: "c",
    resolves: asUser("home"),
  },
  {
    name: "in a snap the person's own home",
    files: { "real/.config/openstack/clouds.yaml": user("real") },
    env: { SNAP_REAL_HOME: "{root}/real" },
    cloud: "c",
    resolves: asUser("real"),
  },
  {
    name: "several machine folders",
    files: { "second/openstack/clouds.yaml": user("second") },
    env: { XDG_CONFIG_DIRS: "{root}/first:{root}/second" },
    cloud: "c",
    resolves: asUser("second"),
    openstacksdk: {
      why: "it takes the whole list, colon and all, for one folder (appdirs, multipath)",
      resolves: { refused: /./ },
    },
  },
  {
    name: "clouds.yml, and clouds.yaml before it",
    files: { "cwd/clouds.yml": user("yml"), "home/.config/openstack/clouds.yaml": user("home") },
    cloud: "c",
    resolves: asUser("yml"),
  },
  {
    name: "clouds.yaml before clouds.yml and clouds.json",
    files: { "cwd/clouds.json": user("json"), "cwd/clouds.yml": user("yml"), "cwd/clouds.yaml": user("yaml") },
    cloud: "c",
    resolves: asUser("yaml"),
  },
  { name: "clouds.json", files: { "cwd/clouds.json": user("json") }, cloud: "c", resolves: asUser("json") },
  {
    name: "a folder of that name is passed over",
    files: { "cwd/clouds.yaml/x": "", "home/.config/openstack/clouds.yaml": user("home") },
    cloud: "c",
    resolves: asUser("home"),
  },
  {
    name: "OS_CLIENT_CONFIG_FILE before all others",
    files: { "cwd/clouds.yaml": user("cwd"), "named.yaml": user("named") },
    env: { OS_CLIENT_CONFIG_FILE: "{root}/named.yaml" },
    cloud: "c",
    resolves: asUser("named"),
  },
  {
    name: "OS_CLIENT_CONFIG_FILE from the working directory on",
    files: { "cwd/named.yaml": user("named") },
    env: { OS_CLIENT_CONFIG_FILE: "named.yaml" },
    cloud: "c",
    resolves: asUser("named"),
  },
  {
    name: "OS_CLIENT_CONFIG_FILE that is not there",
    files: { "cwd/clouds.yaml": user("cwd") },
    env: { OS_CLIENT_CONFIG_FILE: "{root}/none.yaml" },
    cloud: "c",
    resolves: { refused: /none\.yaml, which OS_CLIENT_CONFIG_FILE names, is not there/ },
    openstacksdk: {
      why: "it goes on to the usual places: whoever names a file means no other",
      resolves: asUser("cwd"),
    },
  },
  {
    name: "OS_CLIENT_SECURE_FILE that is not there",
    files: { "cwd/clouds.yaml": user("cwd") },
    env: { OS_CLIENT_SECURE_FILE: "{root}/none.yaml" },
    cloud: "c",
    resolves: { refused: /none\.yaml, which OS_CLIENT_SECURE_FILE names, is not there/ },
    openstacksdk: {
      why: "it goes on to the usual places: whoever names a file means no other",
      resolves: asUser("cwd"),
    },
  },
  {
    name: "OS_CLIENT_VENDOR_FILE names nothing: openstacksdk has no such variable",
    files: {
      ...inFolder({ c: { ...entry, profile: "v" } }),
      "vendor.yaml": JSON.stringify({ "public-clouds": { v: {} } }),
    },
    env: { OS_CLIENT_VENDOR_FILE: "{root}/vendor.yaml" },
    cloud: "c",
    resolves: { refused: /clouds\.c\.profile: there is no clouds-public\.yaml with such a profile/ },
    openstacksdk: { why: "a profile that nobody knows is only warned of there", resolves: {} },
  },
  {
    name: "secure.yaml adds the password",
    files: {
      "cwd/clouds.yaml": clouds({ c: passwordless }),
      "cwd/secure.yaml": clouds({ c: { auth: { password: "kept apart" } } }),
    },
    cloud: "c",
    resolves: login(byPassword(member, "kept apart")),
  },
  {
    name: "secure.yaml wins over clouds.yaml, and is looked for in every place by itself",
    files: {
      "cwd/clouds.yaml": clouds({ c: entry }),
      "site/openstack/secure.yaml": clouds({ c: { auth: { password: "kept apart" }, region_name: "R2" } }),
    },
    cloud: "c",
    resolves: {
      ...login(byPassword(member, "kept apart")),
      region: "R2",
      compute: "/compute/R2/public/v2.1",
      image: "/image/R2/public/v2",
    },
  },
  {
    name: "OS_CLIENT_SECURE_FILE",
    files: {
      "cwd/clouds.yaml": clouds({ c: passwordless }),
      "cwd/secure.yaml": clouds({ c: { auth: { password: "another" } } }),
      "named.json": clouds({ c: { auth: { password: "named" } } }),
    },
    env: { OS_CLIENT_SECURE_FILE: "{root}/named.json" },
    cloud: "c",
    resolves: login(byPassword(member, "named")),
  },
  {
    name: "secure.yaml alone",
    files: { "home/.config/openstack/secure.yaml": clouds({ c: entry }) },
    cloud: "c",
    resolves: {},
  },
  {
    name: "an empty clouds.yaml beside a whole secure.yaml",
    files: { "cwd/clouds.yaml": "", "cwd/secure.yaml": clouds({ c: entry }) },
    cloud: "c",
    resolves: {},
    openstacksdk: { why: "it breaks where it finds nothing to merge into", resolves: { refused: /./ } },
  },
  {
    name: "no file at all",
    cloud: "c",
    resolves: { refused: /no clouds\.yaml in .*cwd, .*home\/\.config\/openstack/ },
  },
  {
    name: "a cloud that is not there",
    files: inFolder({ a: entry, b: entry }),
    cloud: "c",
    resolves: { refused: /cwd\/clouds\.yaml: no cloud "c"; there are: a, b/ },
  },
  {
    name: "a file that is no YAML",
    files: { "cwd/clouds.yaml": "clouds:\n  c: {password: 'secret\n" },
    cloud: "c",
    resolves: { refused: /cwd\/clouds\.yaml is no YAML \(\w+ at character \d+\)$/ },
  },
  {
    name: "a file that is a list",
    files: { "cwd/clouds.yaml": "- clouds" },
    cloud: "c",
    resolves: { refused: /cwd\/clouds\.yaml: must be a mapping/ },
  },
];
