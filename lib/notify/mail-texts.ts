// What each kind of mail says: a subject and paragraphs. `{name}` stands for a fact or a word of the notice; a paragraph in which one is missing is left out.
import type { NoticeKind } from "./notice.ts";

export interface MailText {
  readonly subject: string;
  readonly paragraphs: readonly string[];
}

const endsBetter = "Nothing of ours is left in your project, and your server is as it was found.";

export const mailTexts: Record<NoticeKind, MailText> = {
  "image-request.received": {
    subject: "Your image “{imageName}” was asked for",
    paragraphs: [
      "We have your request for an image “{imageName}” of your server “{serverName}”.",
      "You will hear from us when we begin, and when the image is there. Your server runs on as it is until then.",
    ],
  },
  "image-request.awaiting-approval": {
    subject: "Your image “{imageName}” waits for approval",
    paragraphs: [
      "Your request for an image “{imageName}” of your server “{serverName}” needs the approval of staff. They have been asked; there is nothing for you to do.",
      "Should nobody decide before {approvalDeadline}, the request expires, and you can ask again.",
    ],
  },
  "image-request.started": {
    subject: "We are imaging your server “{serverName}”: please leave it alone",
    paragraphs: [
      "We begin to make the image “{imageName}” of your server “{serverName}”.",
      "Please do not stop, start or suspend the server until you hear from us: we stop and lock it ourselves where that is needed, and we will give it back as we found it.",
    ],
  },
  "image-request.handed-back": {
    subject: "Your server “{serverName}” is yours again",
    paragraphs: [
      "Your server “{serverName}” is as we found it, and you may do with it what you like.",
      "The image “{imageName}” is still being made from a copy. You will hear from us when it is there.",
    ],
  },
  "image-request.asking": {
    subject: "A question about your image “{imageName}”",
    paragraphs: [
      "Before the image “{imageName}” can go on, you must answer a question about it.",
      "Please answer before {answerDeadline}; after that the request expires.",
    ],
  },
  "image-request.completed": {
    subject: "Your image “{imageName}” is ready",
    paragraphs: [
      "The image “{imageName}” of your server “{serverName}” is ready. Its id is {imageId}; its visibility is {visibility}.",
    ],
  },
  "image-request.denied": {
    subject: "Your image “{imageName}” was not approved",
    paragraphs: [
      "Your request for an image “{imageName}” of your server “{serverName}” was denied.",
      "{reason}",
      "{remedy}",
      endsBetter,
    ],
  },
  "image-request.expired": {
    subject: "Your request for the image “{imageName}” has expired",
    paragraphs: [
      "Your request for an image “{imageName}” of your server “{serverName}” has expired.",
      "{reason}",
      "{remedy}",
      endsBetter,
    ],
  },
  "image-request.cancelled": {
    subject: "Your request for the image “{imageName}” was cancelled",
    paragraphs: [
      "The request for an image “{imageName}” of your server “{serverName}” was cancelled.",
      "{reason}",
      endsBetter,
    ],
  },
  "image-request.failed": {
    subject: "Your image “{imageName}” could not be made",
    paragraphs: [
      "The image “{imageName}” of your server “{serverName}” could not be made.",
      "The reason: {reason}",
      "What to do: {remedy}",
      "OpenStack's request id, for support: {openstackRequestId}",
    ],
  },
  "image.cleanup-announced": {
    subject: "The image “{imageName}” will be deleted soon",
    paragraphs: [
      "The image “{imageName}” ({imageId}) is to be cleaned up on {deleteAt}.",
      "The reason: {reason}",
      "If you want to keep it, say so before then: {remedy}",
    ],
  },
  "image.hidden": {
    subject: "The image “{imageName}” was hidden",
    paragraphs: [
      "The image “{imageName}” ({imageId}) is hidden now: nobody finds it in lists any more. It will be deleted on {deleteAt}.",
      "The reason: {reason}",
      "It can still be brought back until then: {remedy}",
    ],
  },
  "image.deleted": {
    subject: "The image “{imageName}” was deleted",
    paragraphs: ["The image “{imageName}” ({imageId}) was deleted, as announced.", "The reason: {reason}"],
  },
  "image.publication-decided": {
    subject: "Staff decided about your image “{imageName}”",
    paragraphs: ["Whether the image “{imageName}” ({imageId}) becomes public was decided: {decision}.", "{reason}"],
  },
  "image.shared": {
    subject: "An image was shared with your project",
    paragraphs: [
      "The image “{imageName}” ({imageId}) was shared with your project.",
      "It appears in your lists once your project accepts it.",
    ],
  },
  "image.share-accepted": {
    subject: "Your image “{imageName}” was accepted",
    paragraphs: ["The project {memberId} accepted the image “{imageName}” ({imageId}) that you share with it."],
  },
  "image.share-rejected": {
    subject: "Your image “{imageName}” was rejected",
    paragraphs: ["The project {memberId} rejected the image “{imageName}” ({imageId}) that you share with it."],
  },
};
