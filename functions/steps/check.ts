// Nothing stands in the way of imaging this server, or the requester is told everything that does.
import type { Obstacle } from "../../lib/requests/obstacle.ts";
import { findObstacles } from "../../lib/requests/obstacles.ts";
import { type Problem, problem } from "../../lib/requests/problem.ts";
import { done, refuse, wait } from "../../lib/workflow/outcome.ts";
import { serveStep } from "../../lib/workflow/serve-step.ts";
import { defineStep } from "../../lib/workflow/step.ts";

export const check = defineStep("check", async ({ request, cloud, locks, provider }) => {
  // Where the same key was posted twice, the twin that failed may have given our locks back.
  if (!(await locks.hold())) return refuse(overtaken());

  const findings = await findObstacles(cloud, request.projectId, request.asked, provider.policy);
  const { server, baseImage } = findings;
  const obstacles = findings.obstacles.filter(({ level }) => level === "obstacle");
  if (obstacles.length > 0 && obstacles.every(({ passing }) => passing)) {
    return wait(obstacles.map(({ detail }) => detail).join(" "), { givingUp: cannotBeImaged(obstacles) });
  }
  if (obstacles.length > 0 || !server) return refuse(cannotBeImaged(obstacles));

  const hash = baseImage?.hashValue ? `${baseImage.hashAlgo}:${baseImage.hashValue}` : undefined;
  return done(
    {
      serverName: server.name,
      virtualSizeGib: server.flavor.diskGib,
      ...(baseImage && { baseImage: { id: baseImage.id, ...(hash && { hash }) } }),
    },
    `nothing stands in the way of imaging ${server.name}`,
  );
});

export const handler = serveStep(check);

function cannotBeImaged(obstacles: readonly Obstacle[]): Problem {
  return problem(
    "cannot-be-imaged",
    "The server cannot be imaged now",
    obstacles.map(({ detail }) => detail).join(" "),
    {
      remedy: obstacles.map(({ remedy }) => remedy).join(" "),
      errors: obstacles.map(({ field, code, detail }) => ({ field: field ?? code, detail })),
    },
  );
}

function overtaken(): Problem {
  return problem(
    "overtaken",
    "Another request took the server or the name",
    "Another request for this server or this name of an image came first.",
    {
      remedy: "Wait until that one has ended, then ask again.",
    },
  );
}
