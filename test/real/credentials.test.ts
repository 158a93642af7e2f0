// Every kind of credential on the real cloud.
import { join } from "node:path";
import { readCloudConfig } from "../../lib/openstack/index.ts";
import { openKinds, testKinds } from "../credentials/kinds.ts";

const stateFolder = process.env.RIG ?? "/var/lib/openstack-rig";
const env = { OS_CLIENT_CONFIG_FILE: join(stateFolder, "clouds.yaml") };

testKinds(() => openKinds(readCloudConfig("user-a", { env })));
