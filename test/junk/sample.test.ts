// 10,000 calls of junk at every operation; `npm run test:junk` throws 100,000.
import { throwJunk } from "./throwing.ts";

// One seed, so that a run says the same tomorrow; the campaign takes another each time.
throwJunk({ calls: 10_000, seed: 1 });
