// Glance's errors: HTML, or JSON for who asks for JSON alone.
import { type Answer, Refusal, type Request } from "../http.ts";

const titles: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Request Entity Too Large",
  415: "Unsupported Media Type",
  416: "Requested Range Not Satisfiable",
  500: "Internal Server Error",
  406: "Not Acceptable",
  410: "Gone",
  429: "Too Many Requests",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** Thrown by handlers; which form the answer takes depends on the call's `Accept` and is decided later, by `shaped`. */
export class ImageRefusal extends Refusal {
  readonly status: number;
  readonly text: string;
  readonly headers: Record<string, string>;

  /** `detail` comes after the explanation, on a line of its own. */
  constructor(
    status: number,
    explanation: string,
    options: { detail?: string; text?: string; headers?: Record<string, string> } = {},
  ) {
    super({ status, text: explanation });
    this.status = status;
    this.text = options.text ?? `${explanation}<br /><br />\n${options.detail ?? ""}\n\n`;
    this.headers = options.headers ?? {};
  }
}

export const refuse = (status: number, explanation: string, detail = ""): ImageRefusal =>
  new ImageRefusal(status, explanation, { detail });

export const noSuchImage = (id: string): ImageRefusal => refuse(404, `No image found with ID ${id}`);

export const denied = (detail: string): ImageRefusal => refuse(403, "Access was denied to this resource.", detail);

export const missingProperty = (name: string): ImageRefusal =>
  refuse(409, "There was a conflict when trying to complete your request.", `Property ${name} does not exist.`);

export const readOnly = (name: string): ImageRefusal => refuse(403, `Attribute '${name}' is read-only.`);

export const notSchema = (complaint: string): ImageRefusal =>
  refuse(400, `Provided object does not match schema 'image': ${complaint}`);

/** What webob, and so Glance, says with a status where there is nothing better to say. */
export const usualMessage = (status: number): string => explanations[status] ?? "The request could not be fulfilled.";

const explanations: Record<number, string> = {
  400: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
  401: "This server could not verify that you are authorized to access the document you requested.",
  403: "You are not authorized to complete this action.",
  404: "The resource could not be found.",
  409: "There was a conflict when trying to complete your request.",
  410: "Image data is gone.",
  413: "The limit has been exceeded.",
  429: "The client has sent too many requests in a given amount of time.",
  500: "The server has either erred or is incapable of performing the requested operation.",
  503: "Image storage media is full: There is not enough disk space on the image storage media.",
};

/** Measured on Zed: where `Accept` takes HTML as gladly as JSON (a star, or nothing at all), it is HTML; the code in JSON is a text, `409 Conflict`. */
export function shaped({ status, text, headers }: ImageRefusal, request: Request): Answer {
  const title = titles[status] ?? "Error";
  const form = formFor(request.headers.accept);
  if (form === "json") return { status, json: { message: text, code: `${status} ${title}`, title }, headers };
  if (form === "plain") {
    const plain = text.replaceAll(/<br \/>/g, "\n");
    return {
      status,
      text: `${status} ${title}\n\n${plain}`,
      headers: { "Content-Type": "text/plain; charset=UTF-8", ...headers },
    };
  }
  const body = escaped(text);
  return {
    status,
    text: `<html>\n <head>\n  <title>${status} ${title}</title>\n </head>\n <body>\n  <h1>${status} ${title}</h1>\n  ${body}\n </body>\n</html>`,
    headers,
  };
}

function formFor(accept = "*/*"): "html" | "json" | "plain" {
  const html = quality(accept, "text/html");
  const json = quality(accept, "application/json");
  if (html === 0 && json === 0) return "plain";
  return json > html ? "json" : "html";
}

/** The weight that an `Accept` header gives a type; the most specific range that fits counts. */
function quality(accept: string, type: string): number {
  const ranges = accept.split(",").map((range) => {
    const [name = "", ...parameters] = range.trim().split(/\s*;\s*/);
    const q = parameters.find((one) => one.startsWith("q="));
    return { name, q: q === undefined ? 1 : Number(q.slice(2)) };
  });
  for (const candidate of [type, `${type.split("/")[0]}/*`, "*/*"]) {
    const range = ranges.find(({ name }) => name === candidate);
    if (range) return range.q;
  }
  return 0;
}

const escaped = (text: string): string =>
  text
    .split("<br />")
    .map((part) =>
      part
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;")
        .replaceAll(">", "&gt;")
        .replaceAll("'", "&#x27;")
        .replaceAll('"', "&quot;"),
    )
    .join("<br />");
