// Every operation by every caller on a real cloud: the table that the bench is held against, with people of a real Keystone.
import { testMatrix } from "../strangers/tests.ts";
import { openRealVenue } from "./strangers-venue.ts";

testMatrix(openRealVenue);
