// Renders template_cases.json with handlebars.js, precompiled and warm, and prints the figures beside
// ours. Usage: node template_handlebars.mjs [path of bench_template]
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../integration/package.json", import.meta.url));
const Handlebars = require("handlebars");
const cases = JSON.parse(readFileSync(new URL("template_cases.json", import.meta.url), "utf8"));

// The median of the nanoseconds a call takes, over rounds of about 50 ms each.
function measure(run) {
  for (let i = 0; i < 20000; i++) run();
  const rounds = [];
  for (let round = 0; round < 15; round++) {
    const begin = process.hrtime.bigint();
    let count = 0;
    let end = begin;
    while (end - begin < 50_000_000n) {
      for (let i = 0; i < 100; i++) run();
      count += 100;
      end = process.hrtime.bigint();
    }
    rounds.push(Number(end - begin) / count);
  }
  return rounds.sort((a, b) => a - b)[7];
}

const theirs = {};
for (const { name, template, data } of cases) {
  const compiled = Handlebars.template(eval(`(${Handlebars.precompile(template)})`));
  let sink = 0;
  theirs[`render/${name}`] = measure(() => { sink += compiled(data).length; });
  theirs[`compile/${name}`] = measure(() => { sink += Handlebars.precompile(template).length; });
  console.error(`${name}: ${Buffer.byteLength(compiled(data))} bytes (${sink > 0})`);
}

const ours = {};
if (process.argv[2]) {
  const output = execFileSync(process.argv[2], ["--benchmark_format=json"], { stdio: ["ignore", "pipe", "ignore"] });
  for (const one of JSON.parse(output).benchmarks) ours[one.name] = one.real_time;
}

for (const [name, time] of Object.entries(theirs)) {
  const own = ours[name];
  const ratio = own === undefined ? "" : `, ours ${own.toFixed(0)} ns, ratio ${(time / own).toFixed(1)}`;
  console.log(`${name}: handlebars.js ${time.toFixed(0)} ns${ratio}`);
}
