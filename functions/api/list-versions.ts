// GET /v1/versions: the line of versions of one name, and which of them is the latest.
import { listVersions } from "../../events/operations/list-versions.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { HttpProblem } from "../../lib/http/http-problem.ts";
import { listedImage } from "../../lib/images/representation.ts";
import { imagesNamed, latestOf, newestFirst } from "../../lib/images/versions.ts";
import { problem } from "../../lib/requests/problem.ts";

/** An answer of Lambda has 6 MB at most; a version shown in a list has some 24 KB where its texts are as long as they may be. */
const maxShown = 100;

export const handler = endpoint(listVersions, async ({ provider, caller, query }) => {
  const { name, owner = caller.projectId } = query;
  const { images, complete } = await imagesNamed(caller.cloud, { name, owner });
  const versions = newestFirst(images);
  if (versions.length === 0) throw noSuchLine(name);
  const viewpoint = { provider: provider.name, projectId: caller.projectId };
  return answer(200, {
    name,
    owner,
    latest: latestOf(versions)?.id ?? null,
    versions: versions.slice(0, maxShown).map((image) => listedImage(image, viewpoint)),
    complete: complete && versions.length <= maxShown,
  });
});

/** The same for a name that was never given and one of images that the caller may not see. */
function noSuchLine(name: string): HttpProblem {
  return new HttpProblem(
    404,
    problem("not-found", "Not found", `There are no versions of ${name} for you.`, {
      remedy: "Look for the image's name in /v1/images; for one of another project name its owner, too.",
    }),
  );
}
