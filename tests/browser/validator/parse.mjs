// Reads {name: script} from its input, writes {name: the ECMAScript edition that it needs} or what is wrong with it.
import { readFileSync } from "node:fs";
import { parse } from "acorn";

const EDITIONS = [2015, 2016, 2017, 2018, 2019, 2020, 2021, 2022, 2023, 2024];
const needed = (text) => {
  let wrong;
  for (const ecmaVersion of EDITIONS) {
    for (const sourceType of ["script", "module"]) {
      try {
        parse(text, { ecmaVersion, sourceType });
        return ecmaVersion;
      } catch (problem) {
        wrong = `${problem}`;
      }
    }
  }
  return wrong;
};
const scripts = Object.entries(JSON.parse(readFileSync(0, "utf8")));
process.stdout.write(JSON.stringify(Object.fromEntries(scripts.map(([name, text]) => [name, needed(text)]))));
