// Ids by name, for tests and demonstrations.
import type { CloudState } from "./state.ts";

export type NamedIds = Record<
  "project" | "user" | "role" | "server" | "image" | "flavor" | "volume",
  (name: string) => string
>;

/** Looks in the state as it is when asked; of several of one name the first. Throws where there is none. */
export function namedIds(state: CloudState): NamedIds {
  const byName =
    (kind: string, records: () => Record<string, { id: string; name: string | null }>) => (name: string) => {
      const found = Object.values(records()).find((one) => one.name === name);
      if (!found) throw new Error(`the simulated cloud has no ${kind} named ${name}`);
      return found.id;
    };
  return {
    project: byName("project", () => state.projects),
    user: byName("user", () => state.users),
    role: byName("role", () => state.roles),
    server: byName("server", () => state.servers),
    image: byName("image", () => state.images),
    flavor: byName("flavor", () => state.flavors),
    volume: byName("volume", () => state.volumes),
  };
}
