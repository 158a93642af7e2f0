// Configuration that rests in AWS Secrets Manager: one secret with both files in it.
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as z from "zod";

const secretShape = z.object({ "clouds.yaml": z.string().min(1), "darkroom.yaml": z.string().min(1) });

/** The secret's string is JSON with the members `clouds.yaml` and `darkroom.yaml`, each a file's text. */
export async function readConfigurationSecret(secretId: string): Promise<{ clouds: string; policy: string }> {
  const answer = await new SecretsManagerClient({ maxAttempts: 4 }).send(
    new GetSecretValueCommand({ SecretId: secretId }),
  );
  const shape = secretShape.safeParse(JSON.parse(answer.SecretString ?? "null"));
  if (!shape.success)
    throw new Error(`secret ${secretId} must be JSON with the texts "clouds.yaml" and "darkroom.yaml"`);
  return { clouds: shape.data["clouds.yaml"], policy: shape.data["darkroom.yaml"] };
}
