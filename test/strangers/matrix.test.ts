// Every operation by every caller on the bench; test/real/strangers.test.ts is the same on a real cloud.
import { openBenchVenue } from "./bench-venue.ts";
import { testMatrix } from "./tests.ts";

testMatrix(() => openBenchVenue());
