// A line of the log, where all functions share one.
import { jest } from "@jest/globals";
import { log } from "./log.ts";

test("on AWS a record says which function wrote it; elsewhere the host's log does", () => {
  const written: unknown[] = [];
  const write = jest
    .spyOn(process.stdout, "write")
    .mockImplementation((line) => written.push(JSON.parse(String(line))) > 0);
  const { LOG_LEVEL, AWS_LAMBDA_FUNCTION_NAME } = process.env;
  try {
    process.env.LOG_LEVEL = "info";
    process.env.AWS_LAMBDA_FUNCTION_NAME = "darkroom-dev-check";
    log.info("step", { requestId: "r" });
    delete process.env.AWS_LAMBDA_FUNCTION_NAME;
    log.info("step", { requestId: "r" });
  } finally {
    write.mockRestore();
    Object.assign(process.env, { LOG_LEVEL, AWS_LAMBDA_FUNCTION_NAME });
    if (LOG_LEVEL === undefined) delete process.env.LOG_LEVEL;
    if (AWS_LAMBDA_FUNCTION_NAME === undefined) delete process.env.AWS_LAMBDA_FUNCTION_NAME;
  }
  expect(written).toMatchObject([
    { function: "darkroom-dev-check", message: "step", requestId: "r" },
    { message: "step" },
  ]);
  expect(written[1]).not.toHaveProperty("function");
});
