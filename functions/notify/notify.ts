// From the queue `notify`: tells people and portals what a request has passed, or what another room published.
import { serveNotices } from "../../lib/notify/serve-notices.ts";

export const handler = serveNotices();
