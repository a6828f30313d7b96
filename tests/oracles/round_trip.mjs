// Reads the names of BPMN files, one a line, and answers one line of JSON for each: what the file
// is after bpmn-moddle, which the editor is made of, has read and written it.

import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const from = createRequire(pathToFileURL(`${process.argv[2]}/package.json`));
const { BpmnModdle } = await import(pathToFileURL(from.resolve("bpmn-moddle")));
const moddle = new BpmnModdle();

for await (const name of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const bytes = readFileSync(name);
    const wide = bytes[0] === 0xff && bytes[1] === 0xfe;
    const text = new TextDecoder(wide ? "utf-16le" : "utf-8").decode(bytes);
    const { rootElement, warnings } = await moddle.fromXML(text);
    const { xml } = await moddle.toXML(rootElement, { format: true });
    answer = { name, xml, warnings: warnings.map((one) => one.message) };
  } catch (error) {
    answer = { name, error: error.message };
  }
  console.log(JSON.stringify(answer));
}
