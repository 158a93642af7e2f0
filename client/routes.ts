// Where each operation is called: the only thing of the operations that a client needs when it runs. Its test compares it with them.
import type { operations } from "../events/operations/index.ts";

type Operations = typeof operations;

export const routes = {
  listProviders: ["GET", "/v1/providers"],
  listImages: ["GET", "/v1/images"],
  getImage: ["GET", "/v1/images/{id}"],
  listVersions: ["GET", "/v1/versions"],
  createPreflight: ["POST", "/v1/preflights"],
  createImageRequest: ["POST", "/v1/image-requests"],
  listImageRequests: ["GET", "/v1/image-requests"],
  getImageRequest: ["GET", "/v1/image-requests/{id}"],
  getTimeline: ["GET", "/v1/image-requests/{id}/timeline"],
  getReport: ["GET", "/v1/image-requests/{id}/report"],
  answerImageRequest: ["POST", "/v1/image-requests/{id}/answer"],
  cancelImageRequest: ["POST", "/v1/image-requests/{id}/cancel"],
  decideImageRequest: ["POST", "/v1/image-requests/{id}/decision"],
  takeCloudEvents: ["POST", "/v1/hooks/clouds/{provider}"],
  getHealth: ["GET", "/health"],
  getOpenapi: ["GET", "/v1/openapi.json"],
  getDocs: ["GET", "/docs"],
  getDocsFile: ["GET", "/docs/{file}"],
} as const satisfies { readonly [Name in keyof Operations]: readonly [string, Operations[Name]["path"]] };
