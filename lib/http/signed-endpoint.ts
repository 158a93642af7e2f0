// An HTTP function for machines that prove who they are by a secret: a signature of the body (Standard Webhooks), or the secret itself where the sender cannot sign.
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type * as z from "zod";
import type { AnswersOf, Operation, ParamsOf } from "../../events/operation.ts";
import { bearsSecret, verify } from "../hooks/standard-webhook.ts";
import { log } from "../log.ts";
import type { CallReport, Cloud } from "../openstack/index.ts";
import { problem } from "../requests/problem.ts";
import type { Runtime } from "../runtime.ts";
import { countOpenCall } from "./call-rates.ts";
import { addressOf, boundedBy, entrance, judged, type OpenCall } from "./endpoint.ts";
import { HttpProblem } from "./http-problem.ts";
import { readJson, refuseTooLarge } from "./input.ts";

export interface SignedCall<Body, Query, Params> extends OpenCall<Body, Query, Params> {
  /** The sender's id of this delivery; undefined where it was not signed. */
  readonly deliveryId?: string;
  /** As `bounded`, and `told` hears of every call. */
  followed(told: (call: CallReport) => void): (cloud: Cloud) => Cloud;
}

export interface Trust {
  /** Of the sender that the path names; empty where it names none, and then nobody is believed. */
  secrets(runtime: Runtime, params: Record<string, string>): readonly string[];
  /** May the secret stand in Authorization, in place of a signature? */
  readonly plainSecret: boolean;
}

/** Who sends is found out before what was sent is read. Only calls that are not believed are counted by address. Throws 401. */
export function signedEndpoint<
  Path extends string,
  Body extends z.ZodType,
  Query extends z.ZodType,
  Answers extends AnswersOf,
>(
  operation: Operation<Path, Body, Query, Answers>,
  trust: Trust,
  handle: (
    call: SignedCall<z.output<Body>, z.output<Query>, ParamsOf<Path>>,
  ) => Promise<APIGatewayProxyStructuredResultV2>,
) {
  return entrance(operation, async (event, runtime, context) => {
    const header = (name: string) => event.headers[name.toLowerCase()];
    const bytes = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
    refuseTooLarge(bytes, operation.maxBodyBytes);
    const text = bytes.toString("utf8");
    const secrets = trust.secrets(runtime, (event.pathParameters ?? {}) as Record<string, string>);
    const verdict = verify({ body: text, header }, secrets, runtime.clock.now());
    const plain = verdict.kind === "unsigned" && trust.plainSecret && bearsSecret(header("authorization"), secrets);
    if (verdict.kind !== "good" && !plain) {
      countOpenCall(runtime, addressOf(event));
      const why = verdict.kind === "bad" ? verdict.why : "the call bears no signature";
      log.warn("a call was not believed", { operation: operation.id, params: event.pathParameters, why });
      throw notBelieved(why, trust.plainSecret);
    }
    const json = readJson(event, operation.maxBodyBytes);
    return await handle({
      runtime,
      ...judged(operation, { json, event, header }),
      event,
      header,
      bounded: boundedBy(context),
      followed: (told) => boundedBy(context, told),
      ...(verdict.kind === "good" && { deliveryId: verdict.id }),
    });
  });
}

function notBelieved(why: string, plainSecret: boolean): HttpProblem {
  const content = problem("not-signed", "The call is not believed", `The sender is not known by it: ${why}.`, {
    remedy: "Sign the call as Standard Webhooks says, with the secret that Darkroom's policy file has for this sender.",
  });
  return new HttpProblem(401, content, plainSecret ? { "www-authenticate": 'Basic realm="darkroom"' } : {});
}
