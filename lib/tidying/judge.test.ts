// Every rule with its row: what keeps an image, and what does not.
import { anImage } from "../images/sample-image.ts";
import type { Image } from "../openstack/index.ts";
import { defaultPolicy } from "../providers/policy.ts";
import { judge, type RuleName, ruleNames } from "./judge.ts";
import type { Known, Lineage } from "./known.ts";

const nowMs = Date.UTC(2026, 10, 27);
const dayMs = 86_400_000;
const iso = (daysFromNow: number) => new Date(nowMs + daysFromNow * dayMs).toISOString();

/** A private snapshot of a year, of a server that is gone. */
function old(changes: Partial<Image> = {}, properties: Record<string, string> = {}): Image {
  return anImage({
    id: "image-1",
    name: "before-the-upgrade",
    owner: "astro",
    sizeBytes: 372_000_000,
    hashAlgo: null,
    hashValue: null,
    createdAt: iso(-365),
    updatedAt: iso(-1),
    ...changes,
    properties: { image_type: "snapshot", instance_uuid: "server-1", ...properties },
  });
}

const nothing: Known = {
  seesAllProjects: true,
  projectId: "imaging",
  usedByServers: new Set(),
  usedByVolumes: new Set(),
  restless: new Map(),
  makingVolumes: new Set(),
  liveImages: new Set(),
};
const known = (changes: Partial<Known>): Known => ({ ...nothing, ...changes });
const server = (status: string, taskState: string | null = null) =>
  known({ restless: new Map([["server-1", { status, taskState }]]) });
const ours: Lineage = { published: true, latest: false };
/** Of an image that was published: Nova's marks are off it. */
const published = (properties: Record<string, string> = {}) => {
  const image = old({}, { darkroom_request: "request-1", ...properties });
  delete image.properties.image_type;
  delete image.properties.instance_uuid;
  return image;
};

type Outcome = RuleName | "unused" | "expired";
type Row = [what: string, outcome: Outcome, image: Image, known?: Known, lineage?: Lineage];

const rows: Row[] = [
  ["the only disk of a shelved server", "shelved", old(), server("SHELVED")],
  ["… offloaded", "shelved", old(), server("SHELVED_OFFLOADED")],
  ["… although its owner's date is over", "shelved", old({}, expires(-30)), server("SHELVED_OFFLOADED")],
  ["its server is being unshelved", "shelved", old(), server("SHELVED_OFFLOADED", "spawning")],
  ["its server is being shelved", "server-at-work", old(), server("ACTIVE", "shelving_image_uploading")],
  ["its server is resizing", "server-at-work", old(), server("RESIZE", "resize_migrating")],
  ["its server waits for its resize to be confirmed", "server-at-work", old(), server("VERIFY_RESIZE")],
  ["its server has a task", "server-at-work", old(), server("SHUTOFF", "image_uploading")],
  ["its server is in ERROR: nobody knows where its disk is", "server-at-work", old(), server("ERROR")],
  ["a server was booted from it", "server-boots-from-it", old(), known({ usedByServers: new Set(["image-1"]) })],
  ["a volume was made of it", "volume-made-of-it", old(), known({ usedByVolumes: new Set(["image-1"]) })],
  [
    "its project makes a volume of an image that Cinder does not name yet",
    "volume-being-made",
    old(),
    known({ makingVolumes: new Set(["astro"]) }),
  ],
  [
    "any project makes one, and it is shared",
    "volume-being-made",
    old({ visibility: "shared" }),
    known({ makingVolumes: new Set(["bio"]) }),
  ],
  ["another project makes one, and it is private", "unused", old(), known({ makingVolumes: new Set(["bio"]) })],
  ["a live request needs it", "live-request", old(), known({ liveImages: new Set(["image-1"]) })],
  ["not private, all projects seen", "unused", old({ visibility: "shared" })],
  [
    "not private, not all projects seen",
    "others-may-use-it",
    old({ visibility: "shared", owner: "imaging" }),
    known({ seesAllProjects: false }),
  ],
  ["private, of a project that is not seen", "others-may-use-it", old(), known({ seesAllProjects: false })],
  ["private, of the project that is seen", "unused", old({ owner: "imaging" }), known({ seesAllProjects: false })],
  ["it is being made", "not-active", old({ status: "saving" })],
  ["it was deactivated", "not-active", old({ status: "deactivated" })],
  ["protected", "protected", old({ protected: true })],
  ["protected, although its owner's date is over", "protected", old({ protected: true }, expires(-30))],
  ["tagged to keep", "tagged-to-keep", old({ tags: ["gpu", "keep"] })],
  ["tagged otherwise", "unused", old({ tags: ["keepers"] })],
  ["it stands for volume snapshots", "volume-snapshots", old({}, { block_device_mapping: "[{}]" })],
  ["an image that somebody uploaded", "no-snapshot", old({}, { image_type: "image" })],
  ["an older version of ours", "unused", published(), nothing, ours],
  ["the newest version of ours", "newest-version", published(), nothing, { published: true, latest: true }],
  [
    "it names a request of ours that never made it",
    "no-snapshot",
    published(),
    nothing,
    { published: false, latest: false },
  ],
  [
    "the newest of ours, its owner's date over",
    "expired",
    published(expires(-1)),
    nothing,
    { published: true, latest: true },
  ],
  ["an owner's date for an image that is no snapshot", "expired", old({}, { image_type: "image", ...expires(-1) })],
  ["fresh, its owner's date over", "expired", old({ createdAt: iso(-3) }, expires(-1))],
  ["its owner's date is near: told, not hidden", "expired", old({ createdAt: iso(-3) }, expires(10))],
  ["old and unused, and its owner's date is far", "owners-date-ahead", old({}, expires(30))],
  ["its owner's date is far", "owners-date-ahead", old({ createdAt: iso(-3) }, expires(30))],
  [
    "a date that was copied from the image its server was booted from",
    "fresh",
    old({ createdAt: iso(-3) }, { ...expires(-1), darkroom_expiry_of: "the-base" }),
  ],
  ["a date that says nothing of the image", "fresh", old({ createdAt: iso(-3) }, { darkroom_expires_at: iso(-1) })],
  ["a date that is none", "fresh", old({ createdAt: iso(-3) }, { ...expires(0), darkroom_expires_at: "soon" })],
  ["younger than the policy says", "fresh", old({ createdAt: iso(-179) })],
  ["older by less than clocks differ", "fresh", old({ createdAt: iso(-180) })],
  ["from the future: the clocks differ", "fresh", old({ createdAt: iso(400) })],
  ["made at no date that can be read", "fresh", old({ createdAt: "yesterday" })],
  ["a snapshot that nobody uses", "unused", old()],
  ["… hidden already", "unused", old({ hidden: true })],
  ["… with an owner's own words in odd properties", "unused", old({}, { instance_uuid: "__proto__" })],
];

function expires(days: number): Record<string, string> {
  return { darkroom_expires_at: iso(days), darkroom_expiry_of: "image-1" };
}

const policy = defaultPolicy("any").providers.any?.tidying;
if (!policy) throw new Error("no policy");

test.each(rows)("%s: %s", (_what, outcome, image, about = nothing, lineage = undefined) => {
  const verdict = judge(image, about, lineage, policy, nowMs);
  expect(verdict.kind === "kept" ? verdict.rule : verdict.reason).toBe(outcome);
});

test("every rule has its row, and each alone decides its row", () => {
  const outcomes = new Set(rows.map(([, outcome]) => outcome));
  expect(ruleNames.filter((rule) => !outcomes.has(rule))).toEqual([]);
});

test("an owner's date that lies ahead is the day before which the image is not hidden", () => {
  const verdict = judge(old({}, expires(10)), nothing, undefined, policy, nowMs);
  expect(verdict).toMatchObject({ kind: "candidate", reason: "expired" });
  expect(verdict.kind === "candidate" && verdict.hideFromMs).toBeGreaterThanOrEqual(nowMs + 10 * dayMs);
});

test("the reason is said in words with the dates", () => {
  expect(judge(old(), nothing, undefined, policy, nowMs)).toMatchObject({
    why: "a snapshot of 365 days that no server and no volume uses",
  });
  expect(judge(old(), server("SHELVED_OFFLOADED"), undefined, policy, nowMs)).toMatchObject({
    why: "server server-1 is SHELVED_OFFLOADED: this is its only disk",
  });
});
