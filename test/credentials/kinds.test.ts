// Every kind of credential on the simulated cloud.
import { startSimulatedCloud } from "../../infra/simulated-openstack/index.ts";
import { readCloudConfig } from "../../lib/openstack/index.ts";
import { openKinds, testKinds } from "./kinds.ts";

const cloud = await startSimulatedCloud();
afterAll(() => cloud.close());

testKinds(() => openKinds(readCloudConfig("alice", { text: cloud.cloudsYaml() })));
