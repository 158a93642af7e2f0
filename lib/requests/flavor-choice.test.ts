// The flavor of a temporary server: least disk first, then least memory; never one that Nova would refuse.
import type { Flavor } from "../openstack/index.ts";
import { defaultPolicy, type Policy } from "../providers/policy.ts";
import { chooseFlavor, noFlavor } from "./flavor-choice.ts";

const flavor = (name: string, diskGib: number, ramMib: number, more: Partial<Flavor> = {}) =>
  ({ id: `id-${name}`, name, diskGib, ramMib, vcpus: 1, disabled: false, ...more }) as Flavor;
const flavors = [
  flavor("zero", 0, 4096),
  flavor("small-disk", 10, 8192),
  flavor("little-memory", 20, 512),
  flavor("wide", 20, 4096, { vcpus: 8 }),
  flavor("fits", 20, 4096),
  flavor("large", 40, 1024),
];
const policy = (more: Partial<Policy> = {}) => ({ ...defaultPolicy("c").providers.c, ...more }) as Policy;
const needs = { virtualSizeBytes: 20 * 2 ** 30, minDiskGib: 0, minRamMib: 0 };

test.each([
  ["the least disk that holds it, then the least memory, then the fewest vCPUs", needs, {}, "fits"],
  ["one byte more than a disk needs the next one", { ...needs, virtualSizeBytes: 20 * 2 ** 30 + 1 }, {}, "large"],
  [
    "min_disk, where Glance knows no virtual size",
    { ...needs, virtualSizeBytes: null, minDiskGib: 10 },
    {},
    "small-disk",
  ],
  ["the larger of both", { ...needs, virtualSizeBytes: 1, minDiskGib: 20 }, {}, "fits"],
  ["memory that the image asks for", { ...needs, minRamMib: 5000 }, {}, undefined],
  ["memory that the policy lowers", needs, { testRamMib: 512 }, "little-memory"],
  ["never the image's own size, a disk of 0", { ...needs, virtualSizeBytes: null }, {}, "small-disk"],
  ["the policy's, by name, whatever fits", needs, { testFlavor: "zero" }, "zero"],
  ["the policy's, by id", needs, { testFlavor: "id-large" }, "large"],
  ["none, where the policy's is not there", needs, { testFlavor: "gone" }, undefined],
])("%s", (_what, wanted, more, expected) => {
  expect(chooseFlavor(flavors, wanted, policy(more))?.name).toBe(expected);
});

test("one that is disabled is none", () => {
  const all = flavors.map((each) => ({ ...each, disabled: each.name === "fits" }));
  expect(chooseFlavor(all, needs, policy())?.name).toBe("wide");
});

test("what was needed is said, as numbers or by the policy's name", () => {
  expect(noFlavor({ ...needs, minRamMib: 5000 }, policy()).detail).toContain("at least 20 GiB and 5000 MiB");
  expect(noFlavor(needs, policy({ testFlavor: "gone" })).detail).toContain("the flavor gone, which the policy names");
});
