// Getting a token from Keystone, and having a token validated by itself.
import { createHash } from "node:crypto";
import { readBody } from "./answer.ts";
import type { CloudConfig, Credentials } from "./clouds-file.ts";
import { type FaultKind, OpenStackFault } from "./faults.ts";
import type { Answered } from "./http.ts";
import { refusal, silence } from "./refusal.ts";
import { type Call, type Caller, persist, requestIdOf, type Wire } from "./retry.ts";
import { type Token, tokenBody, tokenOf } from "./token.ts";

/** Who asks for a token, at which Keystone, for what. */
export interface LoginRequest {
  authUrl: CloudConfig["authUrl"];
  credentials: Credentials;
  /** Acts on this trust instead of the credentials' own project. */
  trustId: string | undefined;
}

/** POST /v3/auth/tokens. Asking twice does no harm, so it is repeated like a GET. */
export async function authenticate(
  wire: Wire,
  caller: Caller,
  login: LoginRequest,
): Promise<{ token: Token; body: unknown }> {
  const call: Call = {
    ...tokensCall(login.authUrl, "POST"),
    headers: { accept: "application/json", "content-type": "application/json" },
    body: JSON.stringify(authBody(login)),
  };
  const answer = await answered(wire, caller, call);
  const id = answer.headers["x-subject-token"];
  if (typeof id !== "string" || id === "") {
    throw new OpenStackFault({
      ...identified(call),
      kind: "unexpectedShape",
      status: answer.status,
      requestId: requestIdOf(answer.headers),
      detail: "Keystone's answer has no X-Subject-Token",
    });
  }
  return { token: tokenOf(id, readBody(call, answer, tokenBody)), body: JSON.parse(answer.text) };
}

/** GET /v3/auth/tokens: a token may validate itself (200), but a plain service user not somebody else's (403; measured on Zed). */
export async function validate(wire: Wire, caller: Caller, authUrl: string, tokenId: string): Promise<Token> {
  if (!/^[\x21-\x7e]{1,8192}$/.test(tokenId)) throw noToken();
  const call: Call = {
    ...tokensCall(authUrl, "GET"),
    headers: { accept: "application/json", "x-auth-token": tokenId, "x-subject-token": tokenId },
    body: undefined,
  };
  return tokenOf(tokenId, readBody(call, await answered(wire, caller, call), tokenBody));
}

/** What cannot stand in a header cannot be asked about. */
const noToken = () =>
  new OpenStackFault({
    kind: "credentialRevoked",
    service: "identity",
    method: "GET",
    path: "/auth/tokens",
    detail: "this is no token",
  });

/** Names the login, without its secrets. A token is told from another by its hash. */
export function nameOf({ authUrl, credentials, trustId }: LoginRequest): string {
  const { password, secret, token, ...rest } = { password: "", secret: "", token: "", ...credentials };
  const hash = token && createHash("sha256").update(token).digest("hex");
  return JSON.stringify({ authUrl, ...rest, hash, trustId });
}

function tokensCall(authUrl: string, method: "GET" | "POST") {
  const path = "/auth/tokens";
  return { service: "identity", method, path, url: authUrl + path, repeatable: true } as const;
}

const identified = ({ service, method, path }: Call) => ({ service, method, path });

async function answered(wire: Wire, caller: Caller, call: Call): Promise<Answered> {
  const outcome = await persist(wire, caller, call, { attempts: 0, startedAt: wire.clock.now() });
  if (!outcome.answered) throw silence(call, outcome);
  if (outcome.status >= 200 && outcome.status < 300) return outcome;
  throw refusal(call, outcome, wire.clock.now(), revoking[outcome.status]);
}

/**
 * Measured on Zed: 401 for a wrong password, a disabled user, a project without a role, and a trust that is deleted or never was. 403 and 404 where the trust's
 * trustor, trustee or domain is disabled (keystone/models/token_model.py: Forbidden, TokenNotFound).
 */
const revoking: Record<number, FaultKind | undefined> = {
  401: "credentialRevoked",
  403: "credentialRevoked",
  404: "credentialRevoked",
};

function authBody({ credentials, trustId }: LoginRequest): unknown {
  const trust = trustId === undefined ? undefined : { "OS-TRUST:trust": { id: trustId } };
  if (credentials.type === "applicationCredential") {
    if (trust) throw trustless();
    const { type: _, user, ...named } = { user: undefined, ...credentials };
    const application_credential = { ...named, ...(user && { user: user }) };
    return { auth: { identity: { methods: ["application_credential"], application_credential } } };
  }
  const wider = credentials.type === "password" ? credentials.widerScope : undefined;
  const scope = trust ?? wider ?? (credentials.scope && { project: credentials.scope });
  const identity =
    credentials.type === "token"
      ? { methods: ["token"], token: { id: credentials.token } }
      : {
          methods: ["password"],
          password: { user: { ...credentials.user, password: credentials.password } },
        };
  return { auth: { identity, ...(scope && { scope }) } };
}

/** Keystone: an application credential is bound to its project and cannot ask for a scope. */
const trustless = () =>
  new OpenStackFault({
    kind: "badRequest",
    service: "identity",
    method: "POST",
    path: "/auth/tokens",
    detail: "an application credential cannot act on a trust: configure the service user with its password",
  });
