// Jest's transformer: Node itself takes the types out, so tests run the very syntax that Node runs.
import { stripTypeScriptTypes } from "node:module";

export default {
  process: (source) => ({ code: stripTypeScriptTypes(source, { mode: "strip" }) }),
};
