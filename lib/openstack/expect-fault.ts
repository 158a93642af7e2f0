// For tests: the fault that a call must end with.
import { OpenStackFault } from "./faults.ts";

export async function faultOf(call: Promise<unknown> | (() => Promise<unknown>)): Promise<OpenStackFault> {
  try {
    const value = await (typeof call === "function" ? call() : call);
    throw new Error(`expected a fault, not ${JSON.stringify(value)}`);
  } catch (error) {
    if (error instanceof OpenStackFault) return error;
    throw error;
  }
}
