// Profiles and regions.
import { asUser, at, auth, authWith, type CredentialCase, entry, inFolder } from "../case.ts";

const publicClouds = (profiles: Record<string, unknown>) => JSON.stringify({ "public-clouds": profiles });
const { auth_url: _url, ...who } = auth;
const provider = { auth: { auth_url: "{keystone}/v3" }, region_name: "R1" };
const withRegions = (regions: unknown, more = {}) => ({ auth, regions, ...more });

export const profiles: CredentialCase[] = [
  {
    name: "a profile gives what the entry does not say",
    files: { ...inFolder({ c: { profile: "v", auth: who } }), "cwd/clouds-public.yaml": publicClouds({ v: provider }) },
    cloud: "c",
    resolves: {},
  },
  {
    name: "the entry wins over its profile",
    files: {
      ...inFolder({ c: { profile: "v", auth: who, region_name: "R2", interface: "public" } }),
      "home/.config/openstack/clouds-public.yaml": publicClouds({ v: { ...provider, interface: "internal" } }),
    },
    cloud: "c",
    resolves: at("R2"),
  },
  {
    name: "`cloud`, the old name of `profile`",
    files: { ...inFolder({ c: { cloud: "v", auth: who } }), "cwd/clouds-public.yaml": publicClouds({ v: provider }) },
    cloud: "c",
    resolves: {},
  },
  {
    name: "a profile with regions of its own",
    files: {
      ...inFolder({ c: { profile: "v", auth: who } }),
      "cwd/clouds-public.yaml": publicClouds({
        v: { auth: provider.auth, regions: [{ name: "R2", values: { interface: "internal" } }, "R1"] },
      }),
    },
    cloud: "c",
    resolves: at("R2", "internal"),
  },
  {
    name: "a profile that clouds-public.yaml does not have",
    files: { ...inFolder({ c: { ...entry, profile: "w" } }), "cwd/clouds-public.yaml": publicClouds({ v: provider }) },
    cloud: "c",
    resolves: { refused: /clouds\.c\.profile: .*clouds-public\.yaml has no such profile/ },
    openstacksdk: { why: "it warns and goes on as if none were named", resolves: {} },
  },
  {
    name: "a profile inside openstacksdk's package",
    files: inFolder({ c: { profile: "elastx", auth: { ...who, auth_url: "{keystone}/v3" }, region_name: "R1" } }),
    cloud: "c",
    resolves: { refused: /those inside openstacksdk, and addresses, are not read/ },
    openstacksdk: {
      why: "the package is not at hand; what a profile says is copied into clouds-public.yaml",
      resolves: {},
    },
  },
  {
    name: "the first of several regions",
    files: inFolder({ c: withRegions(["R2", "R1"]) }),
    cloud: "c",
    resolves: at("R2"),
  },
  {
    name: "the region asked for",
    files: inFolder({ c: withRegions(["R1", "R2"]) }),
    cloud: "c",
    region: "R2",
    resolves: at("R2"),
  },
  {
    name: "a region's own values, also in auth",
    files: inFolder({
      c: withRegions(["R1", { name: "R2", values: { interface: "internal", auth: { username: "second" } } }]),
    }),
    cloud: "c",
    region: "R2",
    resolves: { ...at("R2", "internal"), ...asUser("second") },
  },
  {
    name: "a region that the entry does not have",
    files: inFolder({ c: withRegions(["R1", "R2"]) }),
    cloud: "c",
    region: "r2",
    resolves: { refused: /clouds\.c\.regions: no region "r2"; there are: R1, R2/ },
  },
  {
    name: "another region than the only one",
    files: inFolder({ c: entry }),
    cloud: "c",
    region: "R2",
    resolves: at("R2"),
    openstacksdk: {
      why: "it refuses; a policy names a region in place of the entry's own, so that one entry serves two providers",
      resolves: { refused: /./ },
    },
  },
  {
    name: "a region asked for where none is known",
    files: inFolder({ c: { auth } }),
    cloud: "c",
    region: "R2",
    resolves: at("R2"),
  },
  {
    name: "regions with commas between them: the first",
    files: inFolder({ c: { auth, region_name: "R2,R1" } }),
    cloud: "c",
    resolves: at("R2"),
  },
  {
    name: "a list in region_name",
    files: inFolder({ c: { auth, region_name: ["R2", "R1"] } }),
    cloud: "c",
    resolves: at("R2"),
  },
  {
    name: "a region without a name",
    files: inFolder({ c: withRegions([{ values: {} }]) }),
    cloud: "c",
    resolves: { refused: /clouds\.c\.regions\.0: must be a name, or a name and values/ },
  },
  {
    name: "no region where the catalogue has several",
    files: inFolder({ c: { auth } }),
    cloud: "c",
    resolves: { region: null, compute: null, image: null },
    openstacksdk: { why: "it takes the first that the catalogue happens to name", resolves: { region: null } },
  },
  {
    name: "an address with its region in it",
    files: inFolder({ c: { ...authWith({ auth_url: "{keystone}/{region_name}/v3" }), region_name: "R2" } }),
    cloud: "c",
    resolves: { ...at("R2"), login: { path: "/R2/v3/auth/tokens", ...loginParts() } },
  },
];

function loginParts() {
  const { login } = asUser("u");
  return { identity: login.identity, scope: login.scope };
}
