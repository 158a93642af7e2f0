// The matrix's callers and things on the bench: the simulated cloud, the table in memory, a clock turned by hand.
import { startSimulatedCloud } from "../../infra/simulated-openstack/index.ts";
import { demoPassword } from "../../infra/simulated-openstack/seed/people.ts";
import { isEnded, statusOf } from "../../lib/requests/image-request.ts";
import { type Bench, type BenchOptions, startBench } from "../chain/bench.ts";
import { openMemoryTable } from "../matrix/memory-table.ts";
import { eventSecret, garbageToken, signIn } from "./callers.ts";
import type { Venue } from "./venue.ts";

const servers = { waiting: "no-agent-1", asking: "ignores-acpi-1", finished: "analysis-1", free: "stopped-1" };
/** Keystone takes any name. */
const colleague = "dave-2.o'hara+lab@example.org";
/** Tokens live an hour; the chain turns the clock on while a thing is made. */
const tokenForMs = 600_000;

const policy = {
  visibilities: ["private", "shared", "community", "public"],
  staffCloud: "admin",
  directoryCloud: "directory",
  eventSecret,
};

export type BenchVenue = Venue & { readonly bench: Bench };

/** `others`: providers beside `simulated`; whoever names none means that one. */
export async function openBenchVenue(others: BenchOptions["otherProviders"] = {}): Promise<BenchVenue> {
  const items = openMemoryTable();
  const bench = await startBench({ table: items, policy, otherProviders: others });
  const { cloud, clock } = bench;
  addPeople(bench);
  const elsewhere = await startSimulatedCloud({ clock });
  const signedIn = (user: string, project?: string) =>
    signIn(cloud.authUrl, { user, password: demoPassword, ...(project !== undefined && { project }) });
  const expired = await signedIn("alice", "astro-lab");
  clock.advance(25 * 3_600_000);

  const fresh: Record<Parameters<Venue["token"]>[0], () => Promise<string | undefined>> = {
    owner: () => signedIn("alice", "astro-lab"),
    colleague: () => signedIn(colleague, "astro-lab"),
    reader: () => signedIn("erin", "astro-lab"),
    staff: () => signedIn("carol", "staff"),
    stranger: () => signedIn("bob", "bio-lab"),
    elsewhere: () => signedIn("carol", "bio-lab"),
    unscoped: () => signedIn("alice"),
    nobody: async () => undefined,
    expired: async () => expired,
    garbage: async () => garbageToken,
    foreign: () => signIn(elsewhere.authUrl, { user: "alice", password: demoPassword, project: "astro-lab" }),
    staffAsMember: () => signedIn("carol", "astro-lab"),
  };
  const kept = new Map<string, { token: string | undefined; untilMs: number }>();

  return {
    bench,
    provider: "simulated",
    stranger: "bob",
    password: demoPassword,
    imageUrl: `${cloud.url}/image`,
    async token(caller) {
      const known = kept.get(caller);
      if (known && known.untilMs > clock.now()) return known.token;
      const token = await fresh[caller]();
      kept.set(caller, { token, untilMs: clock.now() + tokenForMs });
      return token;
    },
    server: async (which) => cloud.ids.server(servers[which]),
    owner: async () => cloud.ids.user("alice"),
    project: async (whose) => cloud.ids.project(whose === "owner" ? "astro-lab" : "bio-lab"),
    call: async (operation, token, { headers, ...input }) => {
      const answer = await bench.call(operation, undefined, {
        ...input,
        headers: {
          "darkroom-provider": "simulated",
          ...headers,
          ...(token !== undefined && { "x-auth-token": token }),
        },
      });
      return { ...answer, headers: answer.headers as Record<string, string> };
    },
    async reach(id, status) {
      const request = await bench.drive(id, (now) => isEnded(now) || statusOf(now) === status);
      if (status !== "ended" && statusOf(request) !== status) {
        throw new Error(`request ${id} is ${statusOf(request)}: ${JSON.stringify(request.end)}`);
      }
    },
    rest: async () => clock.advance(61_000),
    state: async () => ({
      // Tries are counted, whoever makes them.
      table: [...items.items.values()].filter(({ id }) => !id.startsWith("rate#")),
      cloud: structuredClone(cloud.state),
      messages: bench.queue.map(({ message }) => message),
      asked: cloud.calls.filter(({ method, path }) => method !== "GET" && !path.endsWith("/auth/tokens")).length,
    }),
    async close() {
      await elsewhere.close();
      await bench.close();
    },
  };
}

/** A second member of the owner's project, and one who may only read there; staff with their role, and as a plain member, elsewhere. */
function addPeople({ cloud, grant }: Bench): void {
  const { ids, state } = cloud;
  const alice = state.users[ids.user("alice")];
  if (!alice) throw new Error("the demo has no alice");
  for (const [number, name, role] of [
    ["a", colleague, "member"],
    ["b", "erin", "reader"],
  ] as const) {
    const id = alice.id.slice(0, -1) + number;
    state.users[id] = { ...alice, id, name };
    state.grants.push({ userId: id, roleId: ids.role(role), projectId: ids.project("astro-lab") });
  }
  grant("carol", "imaging-staff", "bio-lab");
  grant("carol", "member", "astro-lab");
}
