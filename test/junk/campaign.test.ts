// `npm run test:junk`: 100,000 calls by a seed of its own; JUNK_SEED repeats one, JUNK_CALLS throws more or less.
import { throwJunk } from "./throwing.ts";

throwJunk({
  calls: Number(process.env.JUNK_CALLS ?? 100_000),
  seed: Number(process.env.JUNK_SEED ?? Math.trunc(Math.random() * 0x7fffffff)),
});
