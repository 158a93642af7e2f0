// Taking a name out of a text: all of it, and nothing else.
import fc from "fast-check";
import { erasedName, withoutName } from "./names.ts";

test("every character that a name may hold stands for itself", () => {
  const character = fc.string({ minLength: 1, maxLength: 12, unit: "grapheme-ascii" });
  fc.assert(
    fc.property(character, fc.constantFrom(".", ":", ""), (name, end) => {
      expect(withoutName(`asked for by x${name}x${end}`, `x${name}x`)).toBe(`asked for by ${erasedName}${end}`);
    }),
    {
      seed: 1,
      examples: [
        ["-", "."],
        ["\\", ""],
        ["$&", ":"],
        ["/", ""],
        ["[a-z]", ""],
        [" ", ""],
      ],
    },
  );
});

test.each(["user-a", "jörg.o'neil+lab@example.org", "日本", "\ud83d\ude00", "a\ud83d"])("%j", (name) => {
  expect(withoutName(`Cancelled by ${name}: no.`, name)).toBe(`Cancelled by ${erasedName}: no.`);
});

test("a name within a word is no name", () => {
  expect(withoutName("ann asked for an annual image, joann", "ann")).toBe(
    `${erasedName} asked for an annual image, joann`,
  );
});
