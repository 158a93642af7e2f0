// How a token is kept outside the process: bound to the login that it belongs to, so that a mixed-up store cannot lend somebody else's.
import * as z from "zod";
import { type Token, tokenBody, tokenOf } from "./token.ts";

/** Opaque strings that hold a token: secrets. A place where a token outlives the process; it may be shared by many. */
export interface TokenStore {
  /** What was written last. May fail or answer nonsense: then the cloud is asked for a new token. */
  read(): Promise<string | undefined>;
  /** May fail: the token is used all the same. */
  write(token: string): Promise<void>;
}

/** @param login names whose token it is, without secrets. */
export async function recallToken(store: TokenStore, login: string): Promise<Token | undefined> {
  try {
    const written = await store.read();
    if (written === undefined) return undefined;
    const kept = keptToken.parse(JSON.parse(written));
    return kept.login === login ? tokenOf(kept.id, kept.body) : undefined;
  } catch {
    // A store only saves an authentication: one that fails must not stop the work.
    return undefined;
  }
}

/** @param body what Keystone answered when it gave the token `id`. */
export async function keepToken(store: TokenStore, login: string, id: string, body: unknown): Promise<void> {
  try {
    await store.write(JSON.stringify({ login, id, body }));
  } catch {
    // As above.
  }
}

const keptToken = z.object({ login: z.string(), id: z.string(), body: tokenBody });
