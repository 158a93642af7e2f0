// Every HTTP operation, by the name of its function.
import type { Operation } from "../operation.ts";
import { answerImageRequest } from "./answer-image-request.ts";
import { answerInvitation } from "./answer-invitation.ts";
import { askPublicity } from "./ask-publicity.ts";
import { cancelImageRequest } from "./cancel-image-request.ts";
import { changeImage } from "./change-image.ts";
import { createImageRequest } from "./create-image-request.ts";
import { createMember } from "./create-member.ts";
import { createPreflight } from "./create-preflight.ts";
import { createToken } from "./create-token.ts";
import { createWebhook } from "./create-webhook.ts";
import { decideImageRequest } from "./decide-image-request.ts";
import { decidePublicity } from "./decide-publicity.ts";
import { deleteImage } from "./delete-image.ts";
import { deleteMember } from "./delete-member.ts";
import { deleteWebhook } from "./delete-webhook.ts";
import { eraseMyData } from "./erase-my-data.ts";
import { finishWebsso } from "./finish-websso.ts";
import { getDocs } from "./get-docs.ts";
import { getDocsFile } from "./get-docs-file.ts";
import { getHealth } from "./get-health.ts";
import { getImage } from "./get-image.ts";
import { getImageRequest } from "./get-image-request.ts";
import { getMyData } from "./get-my-data.ts";
import { getOpenapi } from "./get-openapi.ts";
import { getPublicity } from "./get-publicity.ts";
import { getQuota } from "./get-quota.ts";
import { getReport } from "./get-report.ts";
import { getRequestAudit } from "./get-request-audit.ts";
import { getTidyingPlan } from "./get-tidying-plan.ts";
import { getTimeline } from "./get-timeline.ts";
import { getWebhook } from "./get-webhook.ts";
import { keepImage } from "./keep-image.ts";
import { listApprovals } from "./list-approvals.ts";
import { listAudit } from "./list-audit.ts";
import { listDeletions } from "./list-deletions.ts";
import { listImageRequests } from "./list-image-requests.ts";
import { listImages } from "./list-images.ts";
import { listInvitations } from "./list-invitations.ts";
import { listMembers } from "./list-members.ts";
import { listProviders } from "./list-providers.ts";
import { listServers } from "./list-servers.ts";
import { listVersions } from "./list-versions.ts";
import { listWebhookDeliveries } from "./list-webhook-deliveries.ts";
import { listWebhooks } from "./list-webhooks.ts";
import { putMember } from "./put-member.ts";
import { replaceWebhookSecret } from "./replace-webhook-secret.ts";
import { startTidyingPass } from "./start-tidying-pass.ts";
import { startWebsso } from "./start-websso.ts";
import { takeCloudEvents } from "./take-cloud-events.ts";
import { takePortalCall } from "./take-portal-call.ts";
import { testWebhook } from "./test-webhook.ts";
import { withdrawPublicity } from "./withdraw-publicity.ts";

/** By the client's name of each; in the order of the reference. */
export const operations = {
  listProviders,
  listServers,
  getQuota,
  listImages,
  getImage,
  changeImage,
  deleteImage,
  listVersions,
  createPreflight,
  createImageRequest,
  listImageRequests,
  getImageRequest,
  getTimeline,
  getReport,
  getRequestAudit,
  answerImageRequest,
  cancelImageRequest,
  listApprovals,
  decideImageRequest,
  takeCloudEvents,
  takePortalCall,
  listMembers,
  putMember,
  createMember,
  deleteMember,
  listInvitations,
  answerInvitation,
  askPublicity,
  getPublicity,
  withdrawPublicity,
  decidePublicity,
  createToken,
  startWebsso,
  finishWebsso,
  keepImage,
  getTidyingPlan,
  startTidyingPass,
  listDeletions,
  listAudit,
  getMyData,
  eraseMyData,
  createWebhook,
  listWebhooks,
  getWebhook,
  deleteWebhook,
  replaceWebhookSecret,
  testWebhook,
  listWebhookDeliveries,
  getHealth,
  getOpenapi,
  getDocs,
  getDocsFile,
};

export const allOperations = Object.values(operations) as unknown as readonly Operation[];
