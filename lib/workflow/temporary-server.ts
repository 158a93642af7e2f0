// A temporary server of ours: booted once from an image with one of our scripts, heard over its console, taken away again.
import { createHash } from "node:crypto";
import { type Heard, likelyCause } from "../guest/console.ts";
import type { Image, Server } from "../openstack/index.ts";
import type { Evidence } from "../requests/evidence.ts";
import { chooseFlavor, noFlavor } from "../requests/flavor-choice.ts";
import type { ServerEntry } from "../requests/ledger-entry.ts";
import { problem } from "../requests/problem.ts";
import { unfinishedName } from "./images.ts";
import { type Refusal, refuse, type Wait, wait } from "./outcome.ts";
import { evidenceKinds, removeEntry } from "./removal.ts";
import { consoleEnd, findServers, readConsole, wordsOf } from "./servers.ts";
import type { StepSurroundings } from "./step.ts";
import { maxPatiences } from "./transition.ts";

export interface There {
  readonly kind: "there";
  readonly server: Server;
  readonly entry: ServerEntry;
}

export type Temporary = There | { readonly kind: "answer"; readonly answer: Wait | Refusal };

/** So many temporary servers at most are tried where Nova finds no host for them. */
const maxServers = 4;
const noHostPauseMs = 120_000;
/** A guest is listened to after so much, then after a twentieth of the time that it has had: what takes two hours is not looked at every three seconds. */
const listenAtLeastMs = 3_000;
const listenAtMostMs = 30_000;

/** There, past building, in whatever state; else what the step is to answer. `userData`: for a nonce, as base64. */
export async function temporaryServer(
  at: StepSurroundings,
  kind: ServerEntry["kind"],
  image: Image,
  userData: (nonce: string) => string,
): Promise<Temporary> {
  const { cloud, request, ledger, provider } = at;
  const server = await ledger.adopt(kind, (entry) => findServers(cloud, request.projectId, entry));
  const entry = ledger.find(kind);
  if (entry?.givenUpAtMs !== undefined) return answering(await makeRoomForAnother(at, entry));
  if (server && entry) return await pastBuilding(at, server, entry);
  if (entry?.thingId) return answering(refuse(serverVanished()));

  const flavor = chooseFlavor(await cloud.compute.listFlavors(), image, provider.policy);
  if (!flavor) return answering(refuse(noFlavor(image, provider.policy)));
  return answering(
    await ledger.create({ kind, imageId: image.id }, (mark) =>
      cloud.compute.createServer({
        name: unfinishedName(mark),
        imageId: image.id,
        flavorId: flavor.id,
        networks: "none",
        configDrive: true,
        userData: Buffer.from(userData(mark), "base64"),
      }),
    ),
  );
}

async function pastBuilding(at: StepSurroundings, server: Server, entry: ServerEntry): Promise<Temporary> {
  if (server.status === "BUILD") {
    const doing = server.taskState ?? "building";
    return answering(wait(`Nova starts the temporary server: ${doing}`, { evidence: `BUILD ${doing}` }));
  }
  if (server.status !== "ERROR") return { kind: "there", server, entry };
  const said = server.fault?.message ?? "Nova does not say why";
  if (!/no valid host/i.test(said) || at.ledger.count(entry.kind) >= maxServers)
    return answering(refuse(cannotBoot(said, entry)));
  await at.ledger.giveUp(entry);
  return answering(await makeRoomForAnother(at, entry));
}

/** A server that found no host is taken away; after a pause there is another. */
async function makeRoomForAnother(at: StepSurroundings, entry: ServerEntry): Promise<Wait> {
  const removing = await removeEntry(at, entry);
  if (removing) return removing;
  const evidence = `no host ${at.ledger.count(entry.kind)}`;
  return wait("Nova had no room for the temporary server", { evidence, againInMs: noHostPauseMs, rests: true });
}

export type Listened<Report> =
  | { readonly kind: "report"; readonly report: Report; readonly consoleEnd: string }
  | { readonly kind: "answer"; readonly answer: Wait | Refusal };

/**
 * What the guest has told so far. What it prints must be read while it runs: a console ends with SHUTOFF (measured on Zed). Patience follows
 * evidence: it begins anew whenever the console has grown, and is bounded in all by the step's.
 */
export async function listen<Report>(
  at: StepSurroundings,
  there: There,
  hear: (console: string, nonce: string) => Heard<Report>,
): Promise<Listened<Report>> {
  const { cloud, provider, nowMs } = at;
  const { server, entry } = there;
  if (server.status !== "ACTIVE") return answering(refuse(stoppedEarly(server, entry)));
  const console = await readConsole(cloud, server.id);
  const heard = hear(console, entry.mark);
  switch (heard.kind) {
    case "report":
      return { kind: "report", report: heard.report, consoleEnd: consoleEnd(console) };
    case "failed":
    case "nonsense":
      return answering(refuse(guestFailed(heard.why, entry)));
    case "working":
    case "silence": {
      const doing = heard.kind === "working" ? heard.doing : "the guest boots";
      const seen = `console ${createHash("sha256").update(console).digest("base64url").slice(0, 22)}`;
      if (console !== "" && at.request.waiting?.evidence !== seen) await keepWords(at, there, console);
      return answering(
        wait(`inside the temporary server: ${doing}`, {
          evidence: seen,
          againInMs: listenAgainInMs(nowMs() - entry.intentAtMs),
          patienceMs: provider.policy.guestPatienceMs,
          // One that prints something new for ever is no better than a silent one.
          totalMs: maxPatiences * provider.policy.guestPatienceMs,
          givingUp: guestSilent(heard.kind === "working" ? heard.doing : undefined, likelyCause(console), entry),
        }),
      );
    }
  }
}

/** A guest that shuts itself down takes its console with it: so what it prints is kept while it runs. */
async function keepWords({ evidence, nowMs }: StepSurroundings, { server, entry }: There, console: string) {
  await evidence.keep(evidenceKinds[entry.kind], wordsOf(server, entry, nowMs(), consoleEnd(console)));
}

function listenAgainInMs(hadMs: number): number {
  return Math.min(Math.max(listenAtLeastMs, hadMs / 20), listenAtMostMs);
}

/** What was heard, as evidence. */
export function heardNow<Report>(
  { nowMs }: StepSurroundings,
  { server, entry }: There,
  { report, consoleEnd }: { report: Report; consoleEnd: string },
): Evidence<Report> & { report: Report } {
  return { ...wordsOf(server, entry, nowMs(), consoleEnd), report };
}

function answering(answer: Wait | Refusal): { kind: "answer"; answer: Wait | Refusal } {
  return { kind: "answer", answer };
}

const purposes: Record<ServerEntry["kind"], string> = {
  "clean-server": "to clean the image in",
  "verify-server": "to prove the image in",
};

const askAgain = "Ask again; if it happens again, tell the support of this cloud.";

export function serverVanished() {
  return problem("temporary-server-gone", "The temporary server is gone", "Somebody else deleted it.", {
    remedy: "Ask again, and leave servers named darkroom-… alone until the request has ended.",
  });
}

function cannotBoot(said: string, entry: ServerEntry) {
  const detail = `Nova could not start the temporary server ${purposes[entry.kind]}: ${said}`;
  return problem("cannot-boot", "The image could not be booted", detail, {
    service: "Nova",
    ...(entry.openstackRequestId && { openstackRequestId: entry.openstackRequestId }),
    remedy: askAgain,
  });
}

function stoppedEarly(server: Server, entry: ServerEntry) {
  const detail = `The temporary server ${purposes[entry.kind]} is ${server.status} although its guest has not reported.`;
  return problem("guest-stopped", "The guest stopped before it reported", detail, {
    remedy: "Look at the console's end in the report: something in the guest, or somebody, shut it down.",
  });
}

function guestFailed(why: string, entry: ServerEntry) {
  return problem(
    "guest-failed",
    "The work in the guest failed",
    `In the temporary server ${purposes[entry.kind]}: ${why}`,
    {
      remedy: "Look at the report; then mend the server that the image is of, and ask again.",
    },
  );
}

function guestSilent(doing: string | undefined, cause: string | undefined, entry: ServerEntry) {
  const seen = doing ? `stopped at: ${doing}` : "never spoke to us";
  const detail = `The guest of the temporary server ${purposes[entry.kind]} ${seen}. ${
    cause
      ? `Likely cause: ${cause}`
      : "Likely cause: cloud-init is missing or switched off, or does not read the config drive (datasource ConfigDrive)."
  }`;
  return problem("guest-silent", "The guest did not report", detail, {
    remedy: "Look at the console's end in the report; install or enable cloud-init in the server and ask again.",
  });
}
