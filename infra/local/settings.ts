// What the embedded default is told by its environment.
import { resolve } from "node:path";
import * as z from "zod";

export type HostSettings = {
  /** 0: any that is free. */
  port: number;
  dataFolder: string;
  /** The policy file, where one was named. */
  policyFile?: string;
  /** The entry of clouds.yaml that is our service user; absent: the simulated cloud. */
  cloudName?: string;
  /** 4: the simulated cloud takes a quarter of the time that a real one takes. */
  simulatedSpeed: number;
  /** So many proxies stand in front: the caller's address is what the first of them heard. */
  proxies?: number;
};

const environment = z.object({
  PORT: z.coerce.number("must be a number").int("must be a whole number").min(0).max(65_534).default(3000),
  DARKROOM_DATA: z.string().min(1, "must name a folder").default(".darkroom"),
  DARKROOM_CONFIG: z.string().min(1, "must name a file").optional(),
  OS_CLOUD: z.string().min(1, "must name an entry of clouds.yaml").optional(),
  DARKROOM_PROXIES: z.coerce.number("must be a number").int("must be a whole number").min(0).max(5).default(0),
  DARKROOM_SIMULATED_SPEED: z.coerce.number("must be a number").min(0.1).max(100).default(1),
});

/** Throws an Error that names every wrong setting. */
export function readSettings(env: NodeJS.ProcessEnv): HostSettings {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
    throw new Error(`wrong settings: ${wrong.join("; ")}`);
  }
  const { PORT, DARKROOM_DATA, DARKROOM_CONFIG, OS_CLOUD, DARKROOM_SIMULATED_SPEED, DARKROOM_PROXIES } = parsed.data;
  return {
    port: PORT,
    dataFolder: resolve(DARKROOM_DATA),
    ...(DARKROOM_CONFIG && { policyFile: resolve(DARKROOM_CONFIG) }),
    ...(OS_CLOUD && { cloudName: OS_CLOUD }),
    simulatedSpeed: DARKROOM_SIMULATED_SPEED,
    ...(DARKROOM_PROXIES > 0 && { proxies: DARKROOM_PROXIES }),
  };
}
