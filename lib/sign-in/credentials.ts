// What was sent as a sign-in, as the client takes it to Keystone; and whom it says it is, for counting tries.
import type { SignIn } from "../../events/sign-in.ts";
import type { Credentials } from "../openstack/index.ts";

export function credentialsOf(sent: SignIn): Credentials {
  switch (sent.method) {
    case "password": {
      const { user: name, domain, password, project: scope } = sent;
      return { type: "password", user: { name, domain }, password, scope };
    }
    case "token":
      return { type: "token", token: sent.token, scope: sent.project };
    case "application-credential":
      return { type: "applicationCredential", id: sent.id, secret: sent.secret };
    case "named-application-credential": {
      const { name, user, domain, secret } = sent;
      return { type: "applicationCredential", name, user: { name: user, domain }, secret };
    }
  }
}

/** As Keystone compares names at its loosest. Undefined for a token: whoever has one guesses nothing. */
export function claimedName(sent: SignIn): string | undefined {
  switch (sent.method) {
    case "token":
      return undefined;
    case "application-credential":
      return `credential\0${sent.id}`;
    default:
      return `user\0${sent.user.normalize("NFKC").toLowerCase()}`;
  }
}
