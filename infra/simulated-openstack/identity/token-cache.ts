// How Nova and Glance check tokens: they ask Keystone once and then believe what they heard for a while.
import type { Core } from "../core.ts";
import { type Caller, InvalidToken, readToken } from "./tokens.ts";

const maxRemembered = 2000;

/**
 * Measured on Zed: after a trust is deleted a service that had not seen its token refuses it at once (401), one that had goes on taking it.
 * keystonemiddleware remembers for `token_cache_time`, never past the token's own end.
 */
export class TokenCache {
  readonly #heard = new Map<string, { caller: Caller; until: number }>();

  /** Whom the token stands for, as far as this service knows; undefined: nobody. */
  read(core: Core, token: string): Caller | undefined {
    const now = core.now();
    const known = this.#heard.get(token);
    if (known && known.until > now) return known.caller;
    this.#heard.delete(token);
    try {
      const caller = readToken(core, token);
      if (this.#heard.size >= maxRemembered) this.#heard.clear();
      this.#heard.set(token, { caller, until: Math.min(caller.claims.expiresAt, now + core.timing.tokenCacheMs) });
      return caller;
    } catch (error) {
      if (error instanceof InvalidToken) return undefined;
      throw error;
    }
  }
}
