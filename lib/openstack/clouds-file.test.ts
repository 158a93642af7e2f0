// clouds.yaml: where it is found, what an entry may say, and how its mistakes are told.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudConfigError, readCloudConfig } from "./clouds-file.ts";

/** An entry `c` with these lines. */
const entry = (...lines: string[]) => ["clouds:", "  c:", ...lines.map((line) => `    ${line}`)].join("\n");
const auth = (...lines: string[]) => ["auth:", "  auth_url: http://127.0.0.1:5000/v3", ...lines.map((l) => `  ${l}`)];
const password = auth("username: u", "password: p", "project_name: pr");
const read = (...lines: string[]) => readCloudConfig("c", { text: entry(...lines) });

describe("an entry", () => {
  test("by password, with names and domains", () => {
    const named = auth(
      "username: user-a",
      "password: secret",
      "project_name: demo-a",
      "user_domain_name: Users",
      "project_domain_id: pd",
    );
    expect(read(...named, "region_name: RegionOne", "identity_api_version: 3")).toEqual({
      name: "c",
      authUrl: "http://127.0.0.1:5000/v3",
      credentials: {
        type: "password",
        user: { name: "user-a", domain: { name: "Users" } },
        password: "secret",
        scope: { name: "demo-a", domain: { id: "pd" } },
      },
      regionName: "RegionOne",
      interface: "public",
      verify: true,
      caCertPath: undefined,
    });
  });

  test("by password, with ids; ids need no domain", () => {
    expect(read(...auth("user_id: u1", "password: p", "project_id: p1")).credentials).toEqual({
      type: "password",
      user: { id: "u1" },
      password: "p",
      scope: { id: "p1" },
    });
  });

  test("a name without any domain is of the domain `default`", () => {
    expect(read(...password).credentials).toMatchObject({
      user: { domain: { id: "default" } },
      scope: { domain: { id: "default" } },
    });
  });

  test.each(["token", "v3token"])("by %s", (type) => {
    expect(read(...auth("token: t", "project_id: p1"), `auth_type: ${type}`).credentials).toEqual({
      type: "token",
      token: "t",
      scope: { id: "p1" },
    });
  });

  test("by application credential, by its id or by its name and user", () => {
    const byId = auth("application_credential_id: a", "application_credential_secret: s");
    expect(read(...byId, "auth_type: v3applicationcredential").credentials).toEqual({
      type: "applicationCredential",
      id: "a",
      secret: "s",
    });
    const byName = auth("application_credential_name: n", "application_credential_secret: s", "user_id: u1");
    expect(read(...byName, "auth_type: v3applicationcredential").credentials).toEqual({
      type: "applicationCredential",
      name: "n",
      user: { id: "u1" },
      secret: "s",
    });
  });

  test.each([
    ["http://h:5000", "http://h:5000/v3"],
    ["http://h:5000/", "http://h:5000/v3"],
    ["https://h/identity", "https://h/identity/v3"],
    ["https://h/identity/v3/", "https://h/identity/v3"],
    ["https://h/v2.0", "https://h/v3"],
  ])("auth_url %s means %s", (written, authUrl) => {
    const lines = password.map((line) => line.replace("http://127.0.0.1:5000/v3", written));
    expect(read(...lines).authUrl).toBe(authUrl);
  });

  test("what looks like a number is none: a password, a project's id", () => {
    const lines = auth("username: u", "password: 0123", "project_id: 12345678901234567890123456789e10");
    expect(read(...lines).credentials).toMatchObject({
      password: "0123",
      scope: { id: "12345678901234567890123456789e10" },
    });
  });

  test("a field with nothing in it is not there", () => {
    const config = read(...password, "region_name:", "cacert: ~", "interface: null");
    expect(config).toMatchObject({ regionName: undefined, caCertPath: undefined, interface: "public" });
  });

  test.each([
    ["interface: internal", "internal"],
    ["interface: adminURL", "admin"],
    ["endpoint_type: internalURL", "internal"],
  ])("%s", (line, face) => {
    expect(read(...password, line).interface).toBe(face);
  });

  test.each([
    ["verify: false", false],
    ["verify: no", false],
    ["verify: True", true],
    ["insecure: true", false],
  ])("%s: certificates are checked: %p", (line, verify) => {
    expect(read(...password, line, "cacert: /etc/ca.pem")).toMatchObject({ verify, caCertPath: "/etc/ca.pem" });
  });
});

describe("a mistake is told with the field, and without its value", () => {
  const mistakes: [string, string[], RegExp][] = [
    ["no auth", ["region_name: r"], /the given text: clouds\.c\.auth\.auth_url: missing/],
    ["no auth_url", ["auth:", "  username: u"], /clouds\.c\.auth\.auth_url: missing/],
    ["an auth_url that is none", ["auth:", "  auth_url: keystone"], /auth\.auth_url: must be an http or https address/],
    ["no password", auth("username: u"), /clouds\.c\.auth\.password: missing/],
    ["no user", auth("password: hush"), /clouds\.c\.auth\.username: missing/],
    ["an unknown auth_type", [...password, "auth_type: v3oidcpassword"], /clouds\.c\.auth_type: must be password, /],
    ["an unknown interface", [...password, "interface: inner"], /clouds\.c\.interface: must be public, /],
    ["a strange verify", [...password, "verify: perhaps"], /clouds\.c\.verify: must be true or false/],
    ["a list for a text", [...password, "cacert: [a, b]"], /clouds\.c\.cacert: must be a text/],
    [
      "a profile",
      [...password, "profile: vexxhost"],
      /clouds\.c\.profile: there is no clouds-public\.yaml with such a profile/,
    ],
    ["version 2", [...password, "identity_api_version: 2"], /clouds\.c\.identity_api_version: only version 3/],
    [
      "an app credential without secret",
      auth("application_credential_id: a"),
      /application_credential_secret: missing/,
    ],
  ];
  test.each(mistakes)("%s", (_name, lines, message) => {
    expect(() => read(...lines)).toThrow(CloudConfigError);
    expect(() => read(...lines)).toThrow(message);
    expect(() => read(...lines)).not.toThrow(/hush/);
  });

  test("no such entry: the others are named", () => {
    expect(() => readCloudConfig("d", { text: entry(...password) })).toThrow(/no cloud "d"; there are: c/);
    expect(() => readCloudConfig("toString", { text: entry(...password) })).toThrow(/no cloud "toString"/);
  });

  test("no YAML: where, but not what", () => {
    const attempt = () => readCloudConfig("c", { text: "clouds:\n  c: {password: 'hush\n" });
    expect(attempt).toThrow(/is no YAML \(\w+ at character \d+\)/);
    expect(attempt).not.toThrow(/hush/);
  });

  test.each(["", "clouds:", "clouds: [a]", "other: {}"])("no clouds in %j", (text) => {
    expect(() => readCloudConfig("c", { text })).toThrow(/clouds: missing/);
  });
});

describe("the file", () => {
  let root: string;
  const content = (user: string) => entry(...auth(`username: ${user}`, "password: p"));
  const userIn = (source: Parameters<typeof readCloudConfig>[1]) => {
    const { credentials } = readCloudConfig("c", source);
    return credentials.type === "password" && "name" in credentials.user ? credentials.user.name : undefined;
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "clouds-file-"));
    await mkdir(join(root, "cwd"));
    await mkdir(join(root, "home/.config/openstack"), { recursive: true });
    await writeFile(join(root, "home/.config/openstack/clouds.yaml"), content("from-home"));
  });
  afterEach(() => rm(root, { recursive: true }));

  test("is the named one, else the folder's, else the home's", async () => {
    const cwd = join(root, "cwd");
    const env = { HOME: join(root, "home") };
    expect(userIn({ env, cwd })).toBe("from-home");
    await writeFile(join(cwd, "clouds.yaml"), content("from-folder"));
    expect(userIn({ env, cwd })).toBe("from-folder");
    await writeFile(join(root, "named.yaml"), content("from-name"));
    expect(userIn({ env: { ...env, OS_CLIENT_CONFIG_FILE: join(root, "named.yaml") }, cwd })).toBe("from-name");
  });

  test("that is named must be there: no other is taken instead", () => {
    const env = { HOME: join(root, "home"), OS_CLIENT_CONFIG_FILE: join(root, "none.yaml") };
    expect(() => readCloudConfig("c", { env })).toThrow(/none\.yaml, which OS_CLIENT_CONFIG_FILE names, is not there/);
  });

  test("is named in a complaint about its content", async () => {
    const path = join(root, "cwd/clouds.yaml");
    await writeFile(path, entry("region_name: r"));
    expect(() => readCloudConfig("c", { env: {}, cwd: join(root, "cwd") })).toThrow(
      `${path}: clouds.c.auth.auth_url: missing`,
    );
  });
});
