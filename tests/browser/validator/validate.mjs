// Reads {name: html} from its input, writes {name: [what is not valid]} of those that are not.
import { readFileSync } from "node:fs";
import { HtmlValidate, StaticConfigLoader } from "html-validate";

const OFF = [
  // how it is written, not what it is
  "no-trailing-whitespace", "no-redundant-for", "no-implicit-input-type", "attr-quotes", "long-title", "no-inline-style",
  // what the validator of the W3C allows: a name for a list, details in the head of a row, a button by its `form`
  "aria-label-misuse", "wcag/h32", "prefer-native-element",
];
const BOXES = ["checkbox", "radio", "submit", "button", "reset"];
const rules = {
  ...Object.fromEntries(OFF.map((name) => [name, "off"])),
  "form-dup-name": ["error", { shared: BOXES }],
  "heading-level": ["error", { allowMultipleH1: false }],
};
const details = { details: { flow: true, phrasing: false, sectioning: false } };
const validator = new HtmlValidate(
  new StaticConfigLoader({ root: true, extends: ["html-validate:recommended"], elements: ["html5", details], rules }),
);
const wrong = {};
for (const [name, html] of Object.entries(JSON.parse(readFileSync(0, "utf8")))) {
  const { results } = validator.validateStringSync(html, name);
  const said = results.flatMap((each) => each.messages.map((m) => `${m.ruleId}, line ${m.line}: ${m.message} (${m.selector})`));
  if (said.length) wrong[name] = said;
}
process.stdout.write(JSON.stringify(wrong));
