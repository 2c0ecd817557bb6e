/** Variables are replaced by values and defaults; what is missing or unknown is named. */
import { expect, it } from "vitest";
import { firstNameOf, missingIn, resolve, unknownIn, unresolvedIn } from "./variables";

const BIA = { "contact.name": "Bia Lima", "contact.first_name": "Bia", today: "2 March" };

it.each([
  ["Hi {{contact.first_name}}!", "Hi Bia!"],
  ["Hi {{ contact.first_name | default: 'there' }}", "Hi Bia"],
  ["Hi {{agent.name | default: \"me\"}}", "Hi me"],
  ["{{agent.name}} {{contact.nme}} {{ open", "{{agent.name}} {{contact.nme}} {{ open"],
  ["{{contact.name}} {{contact.name}}", "Bia Lima Bia Lima"],
])("%s becomes %s", (text, resolved) => expect(resolve(text, BIA)).toBe(resolved));

it("names what has no value and no default, once", () => {
  expect(missingIn("{{agent.name}} {{agent.name}} {{today}} {{contact.phone | default: ''}}", BIA)).toEqual(["agent.name"]);
  expect(missingIn("{{contact.name}}", { "contact.name": "" })).toEqual(["contact.name"]);
});

it("names what is no variable, and what is left before sending", () => {
  expect(unknownIn("{{contact.nme}} {{}} {{today}}")).toEqual(["{{contact.nme}}", "{{}}"]);
  expect(unresolvedIn("{{contact.name}} and {{order}}")).toEqual(["{{contact.name}}", "{{order}}"]);
  expect(unresolvedIn("{ {contact.name} }")).toEqual([]);
});

it("takes the first word as the first name", () => {
  expect([firstNameOf(" Bia Lima"), firstNameOf(null)]).toEqual(["Bia", null]);
});
