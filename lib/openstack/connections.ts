// The connections to one cloud: kept alive, bounded, shared by everybody who acts on it.
import { readFileSync } from "node:fs";
import { Agent, type Dispatcher } from "undici";
import type { CloudConfig } from "./clouds-file.ts";
import type { Limits } from "./options.ts";

/**
 * `verify: false` accepts any certificate; `caCertPath` replaces the system's authorities; `certPath` is shown to a server that asks who we are. Idle connections close after undici's 4 s, below Apache's
 * `KeepAliveTimeout` of 5 s: a write on a connection that the server is just closing would be of unknown outcome.
 * @throws where one of these files cannot be read.
 */
export function openConnections(config: CloudConfig, limits: Limits): Dispatcher {
  return new Agent({
    connections: limits.maxConnections,
    pipelining: 1,
    allowH2: false,
    headersTimeout: limits.timeoutMs,
    bodyTimeout: limits.timeoutMs,
    maxResponseSize: limits.maxResponseBytes,
    connect: {
      timeout: Math.min(limits.timeoutMs, 10_000),
      rejectUnauthorized: config.verify,
      ...(config.caCertPath === undefined ? {} : { ca: read(config, "cacert", config.caCertPath) }),
      ...(config.certPath === undefined ? {} : ownCertificate(config, config.certPath)),
    },
  });
}

/** One file may hold both the certificate and its key. */
function ownCertificate(config: CloudConfig, path: string): { cert: string; key: string } {
  const cert = read(config, "cert", path);
  return { cert, key: config.keyPath === undefined ? cert : read(config, "key", config.keyPath) };
}

function read(config: CloudConfig, field: "cacert" | "cert" | "key", path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`cloud ${config.name}: the ${field} ${path} cannot be read`, { cause: error });
  }
}
