// Which image `latest` means, whatever order Glance answers in.
import fc from "fast-check";
import type { Image } from "../openstack/index.ts";
import { anImage } from "./sample-image.ts";
import { latestOf, newestFirst } from "./versions.ts";

const at = (day: number) => `2026-03-${String(day).padStart(2, "0")}T00:00:00.000Z`;
const version = (id: string, day: number, more: Partial<Image> = {}) =>
  anImage({ id, properties: { darkroom_request: "r", darkroom_published_at: at(day), darkroom_version: id }, ...more });

test("the one published last, active and not hidden", () => {
  const line = [
    version("a", 1),
    version("b", 3, { hidden: true }),
    version("c", 2),
    version("d", 4, { status: "deactivated" }),
  ];
  expect(latestOf(line)?.id).toBe("c");
  expect(newestFirst(line).map(({ id }) => id)).toEqual(["d", "b", "c", "a"]);
});

test("an unfinished version, an image from elsewhere and a snapshot that inherited a publication are not in the line", () => {
  const { properties } = version("x", 9);
  const line = [
    version("a", 1),
    anImage({ id: "b", properties: {} }),
    anImage({ id: "c", properties: { ...properties, instance_uuid: "s", image_type: "snapshot" } }),
    anImage({ id: "d", name: "darkroom-m", properties: { ...properties, darkroom_mark: "m" } }),
  ];
  expect(newestFirst(line).map(({ id }) => id)).toEqual(["a"]);
  expect(latestOf(line.slice(1))).toBeUndefined();
});

test("a date of publication that is none counts as that of the image", () => {
  const nonsense = { darkroom_request: "r", darkroom_published_at: "soon" };
  expect(latestOf([version("a", 2), anImage({ id: "b", createdAt: at(1), properties: nonsense })])?.id).toBe("a");
  expect(latestOf([version("a", 2), anImage({ id: "b", createdAt: at(3), properties: nonsense })])?.id).toBe("b");
});

test("one and the same id, in whatever order they come", () => {
  const image = fc
    .record({
      id: fc.uuid(),
      day: fc.integer({ min: 1, max: 4 }),
      hidden: fc.boolean(),
      status: fc.constantFrom("active", "queued", "deactivated"),
    })
    .map(({ id, day, ...more }) => version(id, day, more));
  const line = fc.uniqueArray(image, { selector: ({ id }) => id, maxLength: 8 });
  const shuffled = line.chain((images) =>
    fc.tuple(fc.constant(images), fc.shuffledSubarray(images, { minLength: images.length })),
  );
  fc.assert(
    fc.property(shuffled, ([images, other]) => {
      const latest = latestOf(images);
      expect(latestOf(other)?.id).toBe(latest?.id);
      const eligible = images.filter(({ status, hidden }) => status === "active" && !hidden);
      expect(latest === undefined).toBe(eligible.length === 0);
      const days = eligible.map(({ properties }) => properties.darkroom_published_at ?? "");
      expect(latest?.properties.darkroom_published_at).toBe(days.sort().at(-1));
    }),
    { seed: 1 },
  );
});
