// A stage whose table and cloud let nobody write before their turn: every write of an item and every call that changes the cloud is a gate.
import type { Table } from "../../lib/aws/table.ts";
import type { Cloud } from "../../lib/openstack/index.ts";
import type { Provider } from "../../lib/providers/provider.ts";
import { openEvidenceStore } from "../../lib/requests/evidence.ts";
import { openLocks } from "../../lib/requests/locks.ts";
import { openRequestStore } from "../../lib/requests/store.ts";
import { openRuntimeWith, type Runtime } from "../../lib/runtime.ts";
import { openStage, type Stage } from "../matrix/stage.ts";
import { inTurn } from "./interleavings.ts";

export async function openGatedStage(policy: Record<string, unknown> = {}): Promise<Stage> {
  const stage = await openStage(policy);
  const table = gatedTable(stage.table);
  const store = openRequestStore(table);
  const { runtime } = stage.bench;
  const all = runtime.providers.all.map(gatedProvider);
  const gated: Runtime = {
    ...runtime,
    table,
    store,
    locks: openLocks(table, (id) => store.get(id)),
    evidence: openEvidenceStore(table),
    providers: { all, find: (name) => all.find((provider) => provider.name === name), portal: () => undefined },
  };
  Object.assign(runtime, gated);
  openRuntimeWith(runtime);
  return stage;
}

function gatedTable(table: Table): Table {
  return {
    ...table,
    putNew: (item) => inTurn(() => table.putNew(item)),
    async update(id, set, when) {
      // The trust's token is shared by all that act with it: who waits for it would wait for somebody else's turn.
      const write = () => table.update(id, set, when);
      return "sealedToken" in set && !("version" in set) ? await write() : await inTurn(write);
    },
    delete: (id, when) => inTurn(() => table.delete(id, when)),
  };
}

function gatedProvider(provider: Provider): Provider {
  return {
    ...provider,
    ...(provider.staff && { staff: gatedCloud(provider.staff) }),
    asCaller: (tokenId) => gatedCloud(provider.asCaller(tokenId)),
    asRequester: (request, tokens) => gatedCloud(provider.asRequester(request, tokens)),
  };
}

const changing = /^(create|delete|stop|start|lock|unlock|patch|add|remove)/;

function gatedCloud(cloud: Cloud): Cloud {
  return {
    ...cloud,
    compute: gatedService(cloud.compute),
    image: gatedService(cloud.image),
    identity: gatedService(cloud.identity),
    within: (signal, onCall) => gatedCloud(cloud.within(signal, onCall)),
  };
}

function gatedService<Service extends object>(service: Service): Service {
  const calls = Object.entries(service).map(([name, call]) => {
    if (typeof call !== "function" || !changing.test(name)) return [name, call];
    return [name, async (...given: unknown[]) => inTurn(() => call(...given))];
  });
  return Object.fromEntries(calls);
}
