// What an effect is called: the same in every run, whatever ids and marks it carries; undefined for what changes nothing.

export type Upstream = "table" | "queue" | "cloud";
export interface Heard {
  readonly method: string;
  readonly path: string;
  /** `x-amz-target`, of calls to the table and the queues. */
  readonly target: string;
  readonly body: string;
}

/** Every write to the table, every send and delete of a message, every call to the cloud, reads too. */
export function effectName(upstream: Upstream, heard: Heard): string | undefined {
  if (upstream === "cloud") return `cloud: ${cloudCall(heard)}`;
  const action = heard.target.slice(heard.target.indexOf(".") + 1);
  return upstream === "table" ? tableWrite(action, heard.body) : queueCall(action, heard.body);
}

function tableWrite(action: string, body: string): string | undefined {
  if (!/^(Put|Update|Delete)Item$/.test(action)) return undefined;
  const asked = JSON.parse(body);
  const id: string = (asked.Item ?? asked.Key).id.S;
  const what = id.slice(0, id.indexOf("#"));
  // A window that an earlier run began is counted on, else it is begun.
  if (what === "rate") return "table: rate";
  if (action !== "UpdateItem") return `table: ${action === "PutItem" ? "put" : "delete"} ${what}`;
  const names: Record<string, string> = asked.ExpressionAttributeNames;
  const set = new Set(
    String(asked.UpdateExpression)
      .match(/#\w+/g)
      ?.map((each) => names[each] ?? each),
  );
  return `table: ${what} ${attributes(set)}`;
}

function attributes(set: ReadonlySet<string>): string {
  if (set.has("version")) return "outcome";
  if (set.has("claim")) return "claim";
  if (set.has("wakes")) return "postponed";
  return [...set].filter((name) => name !== "wakeAt" && name !== "signals").join(" ");
}

function queueCall(action: string, body: string): string | undefined {
  const queue = /"QueueUrl":"[^"]*\/darkroom-\w+-([\w-]+)"/.exec(body)?.[1];
  if (action === "SendMessage") return `queue: send to ${queue}`;
  if (action === "DeleteMessage") return `queue: delete from ${queue}`;
  return undefined;
}

function cloudCall({ method, path, body }: Heard): string {
  const action = path.endsWith("/action") ? ` ${/^\{"(\w[\w-]*)"/.exec(body)?.[1] ?? ""}` : "";
  return `${method} ${withoutIds(path)}${action}`;
}

function withoutIds(path: string): string {
  return decodeURIComponent(path).replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{24,}/g, "ID");
}
