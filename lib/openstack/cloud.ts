// One cloud, seen by one user: its services, and the same cloud with another authority.
import { setTimeout as sleepFor } from "node:timers/promises";
import { authenticate, type LoginRequest, nameOf, validate } from "./authenticate.ts";
import { type Context, callsOf } from "./calls.ts";
import type { CloudConfig, Credentials } from "./clouds-file.ts";
import { type Compute, computeOf } from "./compute.ts";
import { openConnections } from "./connections.ts";
import { type Directory, directoryOf } from "./directory.ts";
import { OpenStackFault } from "./faults.ts";
import { type Identity, identityOf } from "./identity.ts";
import { type ImageService, imageServiceOf } from "./image.ts";
import { type CallReport, type Clock, type ConnectOptions, defaultLimits } from "./options.ts";
import type { Caller, Wire } from "./retry.ts";
import { givenSession, keptSession, type Session } from "./session.ts";
import type { Token } from "./token.ts";
import { keepToken, recallToken, type TokenStore } from "./token-store.ts";
import { versionRanges } from "./version-ranges.ts";
import { type VolumeService, volumeServiceOf } from "./volume.ts";

/** Every method that calls the cloud throws an OpenStackFault, and nothing else. */
export interface Cloud {
  readonly identity: Identity;
  readonly compute: Compute;
  readonly image: ImageService;
  readonly directory: Directory;
  readonly volume: VolumeService;
  /** Keystone's address, with its version: for whoever must be sent there. */
  readonly authUrl: string;
  /** The present token; authenticates where there is none. */
  token(): Promise<Token>;
  /**
   * The same user's credentials on a trust. Its token is looked for in the store first and kept there. A trust that is gone, or whose trustor may no
   * longer do what it gives, is `credentialRevoked`. An application credential cannot act on a trust: `badRequest`.
   */
  asTrust(trustId: string, tokenStore?: TokenStore): Cloud;
  /**
   * Acts with a caller's token: validated by itself before its first use, with the catalogue from that answer, and never renewed: expired or refused it is
   * `credentialRevoked`.
   */
  asToken(tokenId: string): Cloud;
  /** Another user, or the same with another scope. Signs in at the first call; a refused sign-in is `credentialRevoked`. */
  asUser(credentials: Credentials): Cloud;
  /**
   * Whether Keystone lets the user in at all, asked anew and for no scope. Keystone answers a trust that is gone and a wrong password alike with 401 (measured
   * on Zed); this tells them apart. False for an application credential that is refused: it has one scope. Throws where Keystone does not say.
   */
  isLetIn(): Promise<boolean>;
  /** The same cloud, tokens and connections; its calls end with the signal and are reported to `onCall` too. */
  within(signal: AbortSignal, onCall?: (call: CallReport) => void): Cloud;
  /** Closes the connections when running calls have ended. Only the Cloud that `connect` gave owns them; on others it does nothing. */
  close(): Promise<void>;
}

/**
 * Makes no call. Meant to live long: connections, the token and the learnt microversions are shared by all calls.
 * @throws where `caCertPath` cannot be read.
 */
export function connect(config: CloudConfig, options: ConnectOptions = {}): Cloud {
  const limits = { ...defaultLimits, ...options.limits };
  const connections = openConnections(config, limits);
  const wire: Wire = { connections, limits, clock: options.clock ?? realClock, random: options.random ?? Math.random };
  const { credentials } = config;
  const context: Context = {
    config,
    wire,
    ranges: versionRanges(wire),
    session: loginSession(wire, { authUrl: config.authUrl, credentials, trustId: undefined }, options.tokenStore),
    caller: { signal: undefined, report: harmless(options.onCall) },
  };
  return cloudOf(context, credentials, () => connections.close());
}

const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleepFor(ms, undefined, signal ? { signal } : {}),
};

/** @param credentials of whom `session` is, to act on trusts with. */
function cloudOf(context: Context, credentials: Credentials, close: () => Promise<void>): Cloud {
  const { config, wire, session, caller } = context;
  const calls = callsOf(context);
  const clock = () => wire.clock.now();
  return {
    identity: identityOf(calls),
    compute: computeOf(calls),
    image: imageServiceOf(calls),
    directory: directoryOf(calls),
    volume: volumeServiceOf(calls),
    authUrl: config.authUrl,
    token: () => session.token(caller),
    asTrust(trustId, tokenStore) {
      const login: LoginRequest = { authUrl: config.authUrl, credentials, trustId };
      return cloudOf({ ...context, session: loginSession(wire, login, tokenStore) }, credentials, doNothing);
    },
    asToken(tokenId) {
      const given = givenSession((caller) => validate(wire, caller, config.authUrl, tokenId), clock);
      return cloudOf({ ...context, session: given }, { type: "token", token: tokenId }, doNothing);
    },
    asUser(credentials) {
      const login: LoginRequest = { authUrl: config.authUrl, credentials, trustId: undefined };
      return cloudOf({ ...context, session: loginSession(wire, login, undefined) }, credentials, doNothing);
    },
    async isLetIn() {
      try {
        await authenticate(wire, caller, {
          authUrl: config.authUrl,
          credentials: unscoped(credentials),
          trustId: undefined,
        });
        return true;
      } catch (error) {
        if (error instanceof OpenStackFault && error.kind === "credentialRevoked") return false;
        throw error;
      }
    },
    within(signal, onCall) {
      return cloudOf({ ...context, caller: narrowed(caller, signal, harmless(onCall)) }, credentials, doNothing);
    },
    close,
  };
}

const doNothing = () => Promise.resolve();

/** Keystone then gives a token for the user's default project, or for none. */
function unscoped(credentials: Credentials): Credentials {
  return credentials.type === "applicationCredential"
    ? credentials
    : { ...credentials, scope: undefined, ...(credentials.type === "password" && { widerScope: undefined }) };
}

function loginSession(wire: Wire, login: LoginRequest, store: TokenStore | undefined): Session {
  const name = nameOf(login);
  return keptSession(
    {
      recall: async () => store && recallToken(store, name),
      async authenticate(caller) {
        const { token, body } = await authenticate(wire, caller, login);
        if (store) await keepToken(store, name, token.id, body);
        return token;
      },
    },
    () => wire.clock.now(),
  );
}

function narrowed(caller: Caller, signal: AbortSignal, report: (call: CallReport) => void): Caller {
  return {
    signal: caller.signal ? AbortSignal.any([caller.signal, signal]) : signal,
    report(call) {
      caller.report(call);
      report(call);
    },
  };
}

/** What a listener throws must not change what is known of a call that was made. */
function harmless(onCall: ((call: CallReport) => void) | undefined): (call: CallReport) => void {
  return (call) => {
    try {
      onCall?.(call);
    } catch {
      // Its own business.
    }
  };
}
