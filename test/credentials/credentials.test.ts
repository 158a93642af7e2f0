// What our client finds in the files and variables of each case, and what it asks Keystone for. `npm run test:credentials` asks openstacksdk the same.
import { addressOf } from "../../lib/openstack/catalog.ts";
import { connect, defaultCloudName, readCloudConfig } from "../../lib/openstack/index.ts";
import type { CredentialCase, Resolved } from "./case.ts";
import { cases } from "./cases/index.ts";
import { type Keystone, startKeystone } from "./keystone.ts";
import { clearAway, expected, layOut, type Scene, secrets } from "./scene.ts";

let keystone: Keystone;
beforeAll(async () => {
  keystone = await startKeystone();
});
afterAll(() => keystone.close());

test("every case has a name of its own", () => {
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
});

test.each(cases.map((each, at) => [each.name, each, `ours-${at}`] as const))("%s", async (_name, each, place) => {
  const scene = layOut(each, place, keystone);
  try {
    const { resolves } = each;
    if (!("refused" in resolves)) {
      expect(await resolve(each, scene)).toEqual(expected(resolves, scene));
      return;
    }
    const error = await resolve(each, scene).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    expect(error?.message).toMatch(resolves.refused);
    for (const secret of secrets) expect(error?.message).not.toContain(secret);
  } finally {
    clearAway(scene);
  }
});

async function resolve(each: CredentialCase, { place, env, cwd }: Scene): Promise<Resolved> {
  const name = each.cloud ?? defaultCloudName({ env, cwd });
  if (name === undefined) throw new Error("no cloud is named");
  const config = readCloudConfig(name, { env, cwd, region: each.region });
  const cloud = connect(config);
  try {
    const { catalog } = await cloud.token();
    const login = keystone.loginAt(place);
    if (!login) throw new Error("nobody asked Keystone");
    const address = (service: "compute" | "image") => {
      try {
        return addressOf(service, catalog, config);
      } catch {
        return null;
      }
    };
    return {
      login,
      region: config.regionName ?? null,
      interface: config.interface,
      verify: config.verify,
      cacert: config.verify ? (config.caCertPath ?? null) : null,
      cert: config.certPath ?? null,
      key: config.keyPath ?? null,
      compute: address("compute"),
      image: address("image"),
    };
  } finally {
    await cloud.close();
  }
}
