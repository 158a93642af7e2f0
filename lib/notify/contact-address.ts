// Where mail about a request goes: decided when it is asked for, while the requester's token is in hand.
import { log } from "../log.ts";
import { type Cloud, OpenStackFault } from "../openstack/index.ts";
import type { Policy } from "../providers/policy.ts";

/** Longer ones are none (RFC 5321, 4.5.3.1.3); control characters, spaces, lists and names beside the address have no place in one. */
const plainAddress = /^[^\s@<>,;:"()\\[\]\p{Cc}]{1,64}@[^\s@<>,;:"()\\[\]\p{Cc}]{1,185}$/u;

/**
 * Keystone's `email` of the user, who may read themselves (identity:get_user, keystone/common/policies/user.py); else what they gave, where the policy
 * admits its domain; else none. Without `mailFrom` no mail is sent, and nothing is asked. Never throws: a request is not refused for want of an address.
 */
export async function contactAddressOf(
  policy: Pick<Policy, "mailFrom" | "mailDomains">,
  caller: { readonly cloud: Pick<Cloud, "directory">; readonly userId: string },
  given: string | undefined,
): Promise<string | undefined> {
  if (!policy.mailFrom) return undefined;
  const known = await knownToKeystone(caller);
  if (known !== undefined) return known;
  const domain = given?.slice(given.lastIndexOf("@") + 1).toLowerCase();
  return given !== undefined && isPlainAddress(given) && policy.mailDomains.includes(domain ?? "") ? given : undefined;
}

async function knownToKeystone({ cloud, userId }: Parameters<typeof contactAddressOf>[1]): Promise<string | undefined> {
  try {
    const { email } = await cloud.directory.getUser(userId);
    return email !== undefined && isPlainAddress(email) ? email : undefined;
  } catch (error) {
    if (!(error instanceof OpenStackFault)) throw error;
    log.warn("the user's address cannot be read", { userId, fault: error.message });
    return undefined;
  }
}

export function isPlainAddress(text: string): boolean {
  return plainAddress.test(text);
}
