// GET /v1/providers: the clouds of this installation, what each allows, and what a token's bearer may do there. For anybody: a token is got from one of them.
import { listProviders } from "../../events/operations/list-providers.ts";
import { answer } from "../../lib/http/answer.ts";
import type { Caller } from "../../lib/http/caller.ts";
import { openEndpoint } from "../../lib/http/endpoint.ts";
import { whyNotPublic } from "../../lib/requests/limits.ts";

export const handler = openEndpoint(listProviders, async ({ runtime: { providers }, whoCalls }) => {
  const who = await whoCalls();
  return answer(200, {
    providers: providers.all.map(({ name, policy }) => ({
      name,
      visibilities: policy.visibilities.filter((each) => each !== "public" || whyNotPublic(policy) === undefined),
      approvalNeededFor: policy.approvalNeededFor,
      approvalDeadlineDays: policy.approvalDeadlineMs / 86_400_000,
      paused: policy.paused,
      limits: { liveRequestsPerProject: policy.liveRequestsPerProject, callsPerMinute: policy.callsPerMinute },
      sharesByName: policy.directoryCloud !== undefined,
      webSso: policy.webSso !== undefined,
      license: policy.license,
      supportContact: policy.supportContact ?? null,
      caller: who ? (who.provider.name === name ? reach(who.caller) : elsewhere(name)) : null,
    })),
  });
});

function reach(caller: Caller | undefined) {
  return caller ? signedIn(caller) : unscoped;
}

/** A token without a project is good for choosing one. */
const unscoped = { signedIn: false, remedy: "Get a token that is scoped to one of your projects: yours is for none." };

function signedIn({ userId, userName, projectId, projectName, isStaff, isReader }: Caller) {
  const user = { id: userId, name: userName };
  return { signedIn: true, user, project: { id: projectId, name: projectName }, isStaff, mayChange: !isReader };
}

function elsewhere(name: string) {
  return { signedIn: false, remedy: `Sign in to ${name}: your token is of another cloud.` };
}
