// Finding a service's address: names of types, regions, interfaces, and addresses that need completing.
import { addressOf, type CatalogEntry, MissingService } from "./catalog.ts";
import type { CloudConfig } from "./clouds-file.ts";

const config: CloudConfig = {
  name: "c",
  authUrl: "http://k/v3",
  credentials: { type: "token", token: "t" },
  interface: "public",
  verify: true,
};
const entry = (type: string, url: string, regionId = "R1", face = "public"): CatalogEntry => ({
  type,
  name: "",
  endpoints: [{ interface: face, regionId, url }],
});

test.each([
  ["http://h:9292", "http://h:9292/v2"],
  ["http://h:9292/", "http://h:9292/v2"],
  ["http://h/image", "http://h/image/v2"],
  ["http://h/image/v2/", "http://h/image/v2"],
])("Glance at %s is asked at %s", (url, address) => {
  expect(addressOf("image", [entry("image", url)], config)).toBe(address);
});

test.each([
  ["http://h:8774", "http://h:8774/v2.1"],
  ["http://h:8774/v2.1/", "http://h:8774/v2.1"],
  ["http://h/compute/v2.1/0123456789abcdef", "http://h/compute/v2.1/0123456789abcdef"],
  ["http://h/compute/v2/0123456789abcdef", "http://h/compute/v2.1/0123456789abcdef"],
])("Nova at %s is asked at %s", (url, address) => {
  expect(addressOf("compute", [entry("compute", url)], config)).toBe(address);
});

test.each(["block-storage", "volumev3", "volume"])("Cinder stands under %s", (type) => {
  expect(addressOf("volume", [entry(type, "http://h/v3/p")], config)).toBe("http://h/v3/p");
});

test("Keystone is where the configuration says, whatever the catalogue does", () => {
  expect(addressOf("identity", [entry("identity", "http://elsewhere/v3")], config)).toBe("http://k/v3");
});

test("region and interface are chosen as configured", () => {
  const catalog = [
    entry("image", "http://one/v2", "R1"),
    entry("image", "http://two/v2", "R2"),
    entry("image", "http://two-inside/v2", "R2", "internal"),
  ];
  expect(addressOf("image", catalog, { ...config, regionName: "R2" })).toBe("http://two/v2");
  expect(addressOf("image", catalog, { ...config, regionName: "R2", interface: "internal" })).toBe(
    "http://two-inside/v2",
  );
  expect(() => addressOf("image", catalog, config)).toThrow(
    /image stands in several regions \(R1, R2\): set region_name/,
  );
});

test("a missing service says what was looked for and what there is", () => {
  const attempt = () => addressOf("compute", [entry("image", "http://h")], { ...config, regionName: "R9" });
  expect(attempt).toThrow(MissingService);
  expect(attempt).toThrow("the catalogue has no compute with interface public in R9; it has image/R1/public");
});

test("a token without a catalogue, and an address that is none, are said", () => {
  expect(() => addressOf("image", [], config)).toThrow(/not scoped to a project/);
  expect(() => addressOf("image", [entry("image", "glance.internal")], config)).toThrow(/is no URL/);
});

test("a service's own region, interface or address stand before all others'", () => {
  const catalog = [
    entry("image", "http://one/v2", "R1"),
    entry("image", "http://two-inside/v2", "R2", "internal"),
    entry("compute", "http://nova/v2.1", "R1"),
  ];
  const services = {
    image: { regionName: "R2", interface: "internal" },
    compute: { endpoint: "http://near/compute" },
    identity: { endpoint: "http://near/identity/" },
  } as const;
  const own = { ...config, regionName: "R1", services };
  expect(addressOf("image", catalog, own)).toBe("http://two-inside/v2");
  expect(addressOf("compute", catalog, own)).toBe("http://near/compute/v2.1");
  expect(addressOf("compute", [], own)).toBe("http://near/compute/v2.1");
  expect(addressOf("identity", catalog, own)).toBe("http://near/identity/v3");
});
