// Configuration that rests in AWS Secrets Manager: one secret with both files in it, and how mail goes.
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as z from "zod";

const secretShape = z.object({
  "clouds.yaml": z.string().min(1),
  "darkroom.yaml": z.string().min(1),
  mail: z.string().optional(),
});

/** The secret's string is JSON with the members `clouds.yaml` and `darkroom.yaml`, each a file's text; `mail` may stand for DARKROOM_MAIL, which may hold a password. */
export async function readConfigurationSecret(
  secretId: string,
): Promise<{ clouds: string; policy: string; mail?: string }> {
  const answer = await new SecretsManagerClient({ maxAttempts: 4 }).send(
    new GetSecretValueCommand({ SecretId: secretId }),
  );
  const shape = secretShape.safeParse(JSON.parse(answer.SecretString ?? "null"));
  if (!shape.success)
    throw new Error(`secret ${secretId} must be JSON with the texts "clouds.yaml" and "darkroom.yaml"`);
  const { "clouds.yaml": clouds, "darkroom.yaml": policy, mail } = shape.data;
  return { clouds, policy, ...(mail !== undefined && { mail }) };
}
