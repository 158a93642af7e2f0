// What of a change goes to Glance.
import { changeOperations } from "./change.ts";
import { anImage } from "./sample-image.ts";

const id = "0b0e6a5e-1111-4111-8111-111111111111";
const image = anImage({ id, tags: ["a", "b"], properties: { description: "old" } });

test("everything at once is one list of operations", () => {
  const change = {
    name: "new",
    description: "new words",
    addTags: ["c"],
    removeTags: ["a", "never there"],
    visibility: "shared" as const,
    protected: true,
    expiresAt: "2027-01-01T00:00:00.000Z",
  };
  expect(changeOperations(image, change)).toEqual([
    { op: "replace", path: "/name", value: "new" },
    { op: "replace", path: "/visibility", value: "shared" },
    { op: "replace", path: "/protected", value: true },
    { op: "add", path: "/description", value: "new words" },
    { op: "replace", path: "/tags", value: ["b", "c"] },
    { op: "add", path: "/darkroom_expires_at", value: "2027-01-01T00:00:00.000Z" },
    { op: "add", path: "/darkroom_expiry_of", value: id },
  ]);
});

test("what is so already, or is taken away, costs nothing or the one operation", () => {
  const same = { name: "sample", description: "old", addTags: ["b"], removeTags: ["z"], protected: false };
  expect(changeOperations(image, { ...same, visibility: "private", expiresAt: null })).toEqual([]);
  expect(changeOperations(image, { description: "" })).toEqual([{ op: "remove", path: "/description" }]);
});

test("an expiry that was inherited is set anew, and taken away where none is wanted", () => {
  const at = "2027-01-01T00:00:00.000Z";
  const inherited = anImage({ id, properties: { darkroom_expires_at: at, darkroom_expiry_of: "another" } });
  expect(changeOperations(inherited, { expiresAt: at })).toHaveLength(2);
  expect(changeOperations(inherited, { expiresAt: null })).toEqual([]);
  const own = anImage({ id, properties: { darkroom_expires_at: at, darkroom_expiry_of: id } });
  expect(changeOperations(own, { expiresAt: at })).toEqual([]);
  expect(changeOperations(own, { expiresAt: null }).map(({ op, path }) => `${op} ${path}`)).toEqual([
    "remove /darkroom_expires_at",
    "remove /darkroom_expiry_of",
  ]);
});
