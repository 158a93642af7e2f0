// What the services' errors become. Shapes and most texts were sent by a real Zed or stand in its sources, which are then named.
import type { ConflictReason, FaultKind } from "./faults.ts";
import type { ServiceName } from "./options.ts";
import { refusal } from "./refusal.ts";
import type { Call } from "./retry.ts";

const call = (service: ServiceName, more: Partial<Call> = {}): Call => ({
  service,
  method: "POST",
  path: "/x",
  url: "http://127.0.0.1/x",
  headers: {},
  body: undefined,
  repeatable: false,
  ...more,
});

const html = (title: string, words: string) =>
  `<html>\n <head>\n  <title>${title}</title>\n </head>\n <body>\n  <h1>${title}</h1>\n  ${words}<br /><br />\n\n\n\n </body>\n</html>`;

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  answered: true as const,
  status,
  headers: { "content-type": typeof body === "string" && body.startsWith("<") ? "text/html" : "x", ...headers },
  text: typeof body === "string" ? body : JSON.stringify(body),
});

describe("the kind and the words", () => {
  const nova = (key: string, code: number, message: string) => ({ [key]: { code, message } });
  const glance = (code: string, message: string) => ({ message: `${message}<br /><br />\n\n\n`, code, title: "x" });
  const cases: [ServiceName, number, unknown, FaultKind, string][] = [
    [
      "compute",
      404,
      nova("itemNotFound", 404, "Instance none could not be found."),
      "notFound",
      "Instance none could not be found.",
    ],
    [
      "compute",
      404,
      html("404 Not Found", "The resource could not be found."),
      "notFound",
      "The resource could not be found.",
    ],
    [
      "image",
      408,
      html("408 Request Timeout", "Your browser didn't send a complete request in time."),
      "unavailable",
      "Your browser didn't send a complete request in time.",
    ],
    ["image", 404, glance("404 Not Found", "No image found with ID none"), "notFound", "No image found with ID none"],
    ["image", 404, html("404 Not Found", "No image found with ID none"), "notFound", "No image found with ID none"],
    [
      "identity",
      404,
      { error: { code: 404, message: "Could not find trust: none.", title: "Not Found" } },
      "notFound",
      "Could not find trust: none.",
    ],
    [
      "identity",
      403,
      { error: { code: 403, message: "You are not authorized to perform the requested action." } },
      "forbidden",
      "You are not authorized to perform the requested action.",
    ],
    [
      "image",
      403,
      glance("403 Forbidden", "Attribute 'size' is read-only."),
      "forbidden",
      "Attribute 'size' is read-only.",
    ],
    // Nova's sources: nova/exception.py, OverQuota and TooManyInstances.
    [
      "compute",
      403,
      nova("forbidden", 403, "Quota exceeded for instances: Requested 1, but already used 10 of 10 instances"),
      "overQuota",
      "Quota exceeded for instances: Requested 1, but already used 10 of 10 instances",
    ],
    [
      "compute",
      403,
      nova("forbidden", 403, "Quota exceeded for resources: snapshots."),
      "overQuota",
      "Quota exceeded for resources: snapshots.",
    ],
    [
      "compute",
      403,
      nova("forbidden", 403, "Policy doesn't allow os_compute_api:os-quota-sets:show to be performed."),
      "forbidden",
      "Policy doesn't allow os_compute_api:os-quota-sets:show to be performed.",
    ],
    // Glance's sources: glance/common/exception.py, StorageQuotaFull.
    [
      "image",
      413,
      glance("413 Payload Too Large", "The size of the data 5 will exceed the limit. 3 bytes remaining."),
      "overQuota",
      "The size of the data 5 will exceed the limit. 3 bytes remaining.",
    ],
    ["compute", 400, nova("badRequest", 400, "Invalid image metadata."), "badRequest", "Invalid image metadata."],
    ["image", 415, html("415 Unsupported Media Type", "No."), "badRequest", "No."],
    ["compute", 501, nova("notImplemented", 501, "Not here."), "badRequest", "Not here."],
    [
      "compute",
      406,
      nova("computeFault", 406, "Version 2.999 is not supported by the API. Minimum is 2.1 and maximum is 2.93."),
      "unexpectedShape",
      "Version 2.999 is not supported by the API. Minimum is 2.1 and maximum is 2.93.",
    ],
    [
      "compute",
      403,
      nova("forbidden", 403, "Maximum number of metadata items exceeds 128"),
      "overQuota",
      "Maximum number of metadata items exceeds 128",
    ],
    [
      "compute",
      500,
      nova(
        "computeFault",
        500,
        "Unexpected API Error. Please report this.\n<class 'nova.exception.ImageQuotaExceeded'>",
      ),
      "overQuota",
      "Unexpected API Error. Please report this. nova.exception.ImageQuotaExceeded",
    ],
    ["compute", 500, nova("computeFault", 500, "Unexpected API Error."), "unavailable", "Unexpected API Error."],
    ["image", 502, "<html><h1>502 Bad Gateway</h1>nginx</html>", "unavailable", "nginx"],
    ["image", 504, "", "unavailable", "status 504 without a word"],
    ["image", 410, glance("410 Gone", "Gone."), "notFound", "Gone."],
    ["image", 429, "slow down", "throttled", "slow down"],
    // Not JSON although it begins so; a list of errors, as Placement and JSON:API write it.
    ["image", 400, '{"half', "badRequest", '{"half'],
    ["image", 400, { errors: [{ status: 400, detail: "the detail" }] }, "badRequest", "the detail"],
  ];
  test.each(cases)("%s %d %j is %s", (service, status, body, kind, detail) => {
    const fault = refusal(call(service), answer(status, body), 0);
    expect({ kind: fault.kind, detail: fault.detail, status: fault.status }).toEqual({ kind, detail, status });
  });

  test("Glance's full quota, seen through Nova's 500, leaves no doubt; another 500 does", () => {
    const seen = (name: string) =>
      refusal(
        call("compute"),
        answer(500, { computeFault: { code: 500, message: `<class 'nova.exception.${name}'>` } }),
        0,
      );
    expect(seen("ImageQuotaExceeded")).toMatchObject({ kind: "overQuota", outcomeKnown: true });
    expect(seen("ImageNotAuthorized")).toMatchObject({ kind: "unavailable", outcomeKnown: false });
  });

  test("long words are cut", () => {
    expect(refusal(call("image"), answer(400, "x".repeat(100_000)), 0).detail).toHaveLength(500);
  });

  test("tags, scripts and styles are no words", () => {
    const page = "<html><style>b{color:red}</style><script>alert(1)</script><p>It <b>broke</b>.</p></html>";
    expect(refusal(call("image"), answer(500, page), 0).detail).toBe("It broke .");
  });

  test("a redirect says where to, and that it was not followed", () => {
    const fault = refusal(call("image"), answer(302, "", { location: "https://elsewhere.invalid/" }), 0);
    expect(fault).toMatchObject({ kind: "unexpectedShape", outcomeKnown: true });
    expect(fault.detail).toBe("a redirect to https://elsewhere.invalid/, not followed");
  });
});

describe("why it conflicts", () => {
  const cases: [ServiceName, string, ConflictReason | undefined][] = [
    [
      "compute",
      "Cannot 'createImage' instance X while it is in task_state powering-off",
      { taskState: "powering-off" },
    ],
    [
      "compute",
      "Cannot 'createImage' instance X while it is in task_state image_snapshot_pending",
      { taskState: "image_snapshot_pending" },
    ],
    ["compute", "Cannot 'stop' instance X while it is in vm_state stopped", { vmState: "stopped" }],
    ["compute", "Cannot 'x' instance X while it is in power_state 4", { powerState: "4" }],
    ["compute", "Instance X is locked", { locked: true }],
    // glance/api/v2/images.py, delete; glance/api/v2/image_members.py, create.
    ["image", "Image X could not be deleted because it is in use: The image cannot be deleted", { inUse: true }],
    ["image", "Member proj2 is duplicated for image X", { duplicate: true }],
    [
      "image",
      "There was a conflict when trying to complete your request. Property nonsense does not exist.",
      undefined,
    ],
  ];
  test.each(cases)("%s: %s", (service, message, reason) => {
    const fault = refusal(call(service), answer(409, { conflictingRequest: { code: 409, message } }), 0);
    expect(fault.kind).toBe("conflict");
    expect(fault.reason).toEqual(reason);
  });
});

describe("what it carries", () => {
  test("the request id of either header", () => {
    const of = (headers: Record<string, string>) => refusal(call("compute"), answer(400, "", headers), 0).requestId;
    expect(of({ "x-openstack-request-id": "req-1" })).toBe("req-1");
    expect(of({ "x-compute-request-id": "req-2" })).toBe("req-2");
    expect(of({})).toBeUndefined();
  });

  test("one line that an operator can use", () => {
    const fault = refusal(call("image"), answer(404, "gone", { "x-openstack-request-id": "req-1" }), 0);
    expect(fault.message).toBe("image POST /x: 404 notFound: gone (req-1)");
  });

  test("no token, not even one that the cloud repeats", () => {
    const headers = { "x-auth-token": "0123abc" };
    const fault = refusal(call("image", { headers }), answer(400, "bad 0123abc, also gAAAAABmOtherToken123=="), 0);
    expect(fault.detail).toBe("bad [token], also [token]");
  });
});
