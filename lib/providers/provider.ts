// A provider: a cloud and region with its policy, seen with each authority that Darkroom may act with.
import type { Cloud, Credentials, TokenStore } from "../openstack/index.ts";
import type { ImageRequest } from "../requests/image-request.ts";
import type { Policy } from "./policy.ts";
import { seal, unseal } from "./sealed-token.ts";

export interface Provider {
  readonly name: string;
  readonly policy: Policy;
  /** Our own service user. */
  readonly service: Cloud;
  /** The operator's credential for what a requester's delegation cannot do; not every provider has one. */
  readonly staff?: Cloud;
  /** The operator's credential for looking people and projects up; not every provider has one. */
  readonly directory?: Cloud;
  /** For secrets that must rest in the table: only who has the service user's own secret opens them, and only as what they were sealed for. */
  readonly sealing: Sealing;
  /** With a caller's own token. */
  asCaller(tokenId: string): Cloud;
  /** With the delegation (trust) of a request; or with the operator's account on which it runs. One that is configured no longer is `credentialRevoked`. */
  asRequester(request: Pick<ImageRequest, "id" | "ledger" | "projectId">, tokens: SealedTokens): Cloud;
  /**
   * Whether Keystone lets in whom `asRequester` acts as, scope apart: our own user, or the operator's account. Where not, that is the operator's to mend, and
   * says nothing of the delegation. `bounded`: the deadline of whoever asks. Throws where Keystone does not say.
   */
  isLetIn(request: Pick<ImageRequest, "ledger" | "projectId">, bounded: (cloud: Cloud) => Cloud): Promise<boolean>;
  /** The operator's accounts that may be tried for this project, each acting in it. */
  accountsFor(projectId: string): { readonly name: string; readonly cloud: Cloud }[];
}

export interface Sealing {
  seal(secret: string, about: string): string;
  /** Undefined where it cannot be opened: the service user's secret was changed since, or it was tampered with. */
  unseal(sealed: string, about: string): string | undefined;
}

/** Where the sealed token of a request rests: the request store. */
export interface SealedTokens {
  get(requestId: string): Promise<{ sealedToken?: string } | undefined>;
  keepSealedToken(requestId: string, sealedToken: string): Promise<void>;
}

/** So many trusts' tokens, and accounts' in projects, are kept in memory. */
const maxKept = 200;

/** `serviceSecret` is the service user's own password. */
export function makeProvider(parts: {
  name: string;
  policy: Policy;
  service: Cloud;
  serviceSecret: string;
  staff?: Cloud;
  directory?: Cloud;
  accounts?: Readonly<Record<string, Credentials>>;
}): Provider {
  const { service, serviceSecret, accounts = {}, ...shown } = parts;
  const trusts = new Map<string, Cloud>();
  const accountClouds = new Map<string, Cloud>();
  const accountIn = (name: string, projectId: string): Cloud | undefined => {
    const credentials = Object.hasOwn(accounts, name) ? accounts[name] : undefined;
    if (!credentials) return undefined;
    const key = `${name}\0${projectId}`;
    const cloud = accountClouds.get(key) ?? service.asUser(inProject(credentials, projectId));
    keep(accountClouds, key, cloud);
    return cloud;
  };
  return {
    ...shown,
    service,
    accountsFor: (projectId) =>
      parts.policy.serviceAccounts
        .filter(({ projects }) => projects?.includes(projectId) ?? true)
        .flatMap(({ cloud: name }) => {
          const cloud = accountIn(name, projectId);
          return cloud ? [{ name, cloud }] : [];
        }),
    sealing: {
      seal: (secret, about) => seal(secret, serviceSecret, about),
      unseal: (sealed, about) => unseal(sealed, serviceSecret, about),
    },
    async isLetIn(request, bounded) {
      const account = accountOf(request);
      const ours = account ? accountIn(account.account, request.projectId) : service;
      return ours !== undefined && (await bounded(ours).isLetIn());
    },
    asCaller: (tokenId) => service.asToken(tokenId),
    asRequester(request, tokens) {
      const account = accountOf(request);
      if (account) return accountIn(account.account, request.projectId) ?? service.asToken(withdrawn);
      const trust = request.ledger.find((entry) => entry.kind === "trust");
      if (!trust) throw new Error(`request ${request.id} has no trust in its ledger`);
      const known = trusts.get(trust.trustId);
      if (known) return known;
      const cloud = service.asTrust(trust.trustId, tokenStore(request.id, serviceSecret, tokens));
      keep(trusts, trust.trustId, cloud);
      return cloud;
    },
  };
}

function keep(clouds: Map<string, Cloud>, key: string, cloud: Cloud): void {
  const [oldest] = clouds.keys();
  if (clouds.size >= maxKept && oldest !== undefined) clouds.delete(oldest);
  clouds.set(key, cloud);
}

function accountOf({ ledger }: Pick<ImageRequest, "ledger">) {
  return ledger.find((entry) => entry.kind === "account");
}

/** What no Keystone takes for a token. */
const withdrawn = "withdrawn";

/** A password signs in for any project where its user has a role; an application credential is of one project, whatever is asked for. */
function inProject(credentials: Credentials, id: string): Credentials {
  if (credentials.type !== "password") return credentials;
  const { user, password } = credentials;
  return { type: "password", user, password, scope: { id } };
}

function tokenStore(requestId: string, serviceSecret: string, tokens: SealedTokens): TokenStore {
  return {
    async read() {
      const sealed = (await tokens.get(requestId))?.sealedToken;
      return sealed === undefined ? undefined : unseal(sealed, serviceSecret, requestId);
    },
    write: (token) => tokens.keepSealedToken(requestId, seal(token, serviceSecret, requestId)),
  };
}
