// Who we are towards a cloud: one token, shared by all calls, renewed before it ends.
import { OpenStackFault } from "./faults.ts";
import { oneFlight } from "./flight.ts";
import type { Caller } from "./retry.ts";
import type { Token } from "./token.ts";

export interface Session {
  token(caller: Caller): Promise<Token>;
  /** Another token than the one that a service refused; throws `credentialRevoked` where there can be none. */
  renew(caller: Caller, refused: Token): Promise<Token>;
}

export interface Login {
  /** The stored token of this very login, or undefined. */
  recall(): Promise<Token | undefined>;
  /** A new token; stored. */
  authenticate(caller: Caller): Promise<Token>;
}

/** Services must not see a token end between our look and theirs. */
const renewBeforeMs = 60_000;

/** A session that authenticates by itself, in one flight however many ask. */
export function keptSession(login: Login, now: () => number): Session {
  let current: Token | undefined;
  let refusedId: string | undefined;
  const lastsMs = (token: Token) => Date.parse(token.expiresAt) - now();

  const obtain = oneFlight(async (caller) => {
    // A refused token in the store is of no use, but another process may have stored a newer one.
    const stored = await login.recall();
    if (stored && stored.id !== refusedId && lastsMs(stored) > renewBeforeMs) {
      current = stored;
      return stored;
    }
    try {
      current = await login.authenticate(caller);
      return current;
    } catch (fault) {
      // In its last minute the old token still serves, where Keystone happens to be away.
      if (isPassing(fault) && current && lastsMs(current) > 0) return current;
      throw fault;
    }
  });

  async function token(caller: Caller): Promise<Token> {
    return current && lastsMs(current) > renewBeforeMs ? current : obtain(caller);
  }

  return {
    token,
    renew(caller, refused) {
      if (current?.id === refused.id) current = undefined;
      refusedId = refused.id;
      return token(caller);
    },
  };
}

/** A session on somebody's token: validated once, never renewed. */
export function givenSession(validate: (caller: Caller) => Promise<Token>, now: () => number): Session {
  let known: Token | undefined;
  const look = oneFlight(async (caller) => {
    known = await validate(caller);
    return known;
  });
  return {
    async token(caller) {
      const token = known ?? (await look(caller));
      if (Date.parse(token.expiresAt) <= now()) throw revoked("the token has expired");
      return token;
    },
    async renew() {
      throw revoked("a service refused the token, and it is not ours to renew");
    },
  };
}

function isPassing(fault: unknown): boolean {
  return fault instanceof OpenStackFault && (fault.kind === "unavailable" || fault.kind === "throttled");
}

function revoked(detail: string): OpenStackFault {
  return new OpenStackFault({
    kind: "credentialRevoked",
    service: "identity",
    method: "GET",
    path: "/auth/tokens",
    detail,
  });
}
