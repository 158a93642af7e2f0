// In every test file: the process's outputs are looked through, and a test in which a secret was written fails. jest runs it before each file.
import { secretWatch } from "./watch.ts";

const watch = secretWatch();
watch.swallowsLog = true;

for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream) as (text: string | Uint8Array, ...rest: never[]) => boolean;
  stream.write = ((text: string | Uint8Array, ...rest: never[]) => {
    const line = String(text);
    const ofLog = line.startsWith('{"at":"') && line.includes('"level":"');
    watch.written(ofLog ? "log" : "output", line);
    return ofLog ? true : write(text, ...rest);
  }) as typeof stream.write;
}

afterEach(() => {
  const found = watch.take();
  if (found.length > 0) throw new Error(`secrets were written:\n${found.slice(0, 10).join("\n")}`);
});
