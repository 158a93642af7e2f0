// A provider: a cloud and region with its policy, seen with each authority that Darkroom may act with.
import type { Cloud, TokenStore } from "../openstack/index.ts";
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
  /** With a caller's own token. */
  asCaller(tokenId: string): Cloud;
  /** With the delegation (trust) of a request. */
  asRequester(request: Pick<ImageRequest, "id" | "ledger">, tokens: SealedTokens): Cloud;
}

/** Where the sealed token of a request rests: the request store. */
export interface SealedTokens {
  get(requestId: string): Promise<{ sealedToken?: string } | undefined>;
  keepSealedToken(requestId: string, sealedToken: string): Promise<void>;
}

/** So many trusts' tokens are kept in memory. */
const maxTrusts = 200;

/** `serviceSecret` is the service user's own password. */
export function makeProvider(parts: {
  name: string;
  policy: Policy;
  service: Cloud;
  serviceSecret: string;
  staff?: Cloud;
  directory?: Cloud;
}): Provider {
  const { service, serviceSecret, ...shown } = parts;
  const trusts = new Map<string, Cloud>();
  return {
    ...shown,
    service,
    asCaller: (tokenId) => service.asToken(tokenId),
    asRequester(request, tokens) {
      const trust = request.ledger.find((entry) => entry.kind === "trust");
      if (!trust) throw new Error(`request ${request.id} has no trust in its ledger`);
      const known = trusts.get(trust.trustId);
      if (known) return known;
      const cloud = service.asTrust(trust.trustId, tokenStore(request.id, serviceSecret, tokens));
      const [oldest] = trusts.keys();
      if (trusts.size >= maxTrusts && oldest !== undefined) trusts.delete(oldest);
      trusts.set(trust.trustId, cloud);
      return cloud;
    },
  };
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
