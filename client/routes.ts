// Where each operation is called: the only thing of the operations that a client needs when it runs. Written by `npm run routes`.
import type { operations } from "../events/operations/index.ts";

type Operations = typeof operations;

export const routes = {
  listProviders: ["GET", "/v1/providers"],
  listServers: ["GET", "/v1/servers"],
  getQuota: ["GET", "/v1/quota"],
  listImages: ["GET", "/v1/images"],
  getImage: ["GET", "/v1/images/{id}"],
  changeImage: ["PATCH", "/v1/images/{id}"],
  deleteImage: ["DELETE", "/v1/images/{id}"],
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
  listMembers: ["GET", "/v1/images/{id}/members"],
  putMember: ["PUT", "/v1/images/{id}/members/{project}"],
  createMember: ["POST", "/v1/images/{id}/members"],
  deleteMember: ["DELETE", "/v1/images/{id}/members/{project}"],
  listInvitations: ["GET", "/v1/invitations"],
  answerInvitation: ["PUT", "/v1/invitations/{imageId}"],
  askPublicity: ["PUT", "/v1/images/{id}/publicity"],
  getPublicity: ["GET", "/v1/images/{id}/publicity"],
  withdrawPublicity: ["DELETE", "/v1/images/{id}/publicity"],
  decidePublicity: ["POST", "/v1/images/{id}/publicity/decision"],
  getHealth: ["GET", "/health"],
  getOpenapi: ["GET", "/v1/openapi.json"],
  getDocs: ["GET", "/docs"],
  getDocsFile: ["GET", "/docs/{file}"],
} as const satisfies { readonly [Name in keyof Operations]: readonly [string, Operations[Name]["path"]] };
