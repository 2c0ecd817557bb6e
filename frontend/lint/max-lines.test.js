/** Where the rule draws the line. */
import stylelint from "stylelint";
import { expect, it } from "vitest";
import maxLines from "./max-lines.js";

const count = async (code) => {
  const { results } = await stylelint.lint({ code, config: { plugins: [maxLines], rules: { "confab/max-lines": 3 } } });
  return results[0].warnings.length;
};

it("allows as many lines as it says", async () => expect(await count("a {\n  margin: 0;\n}\n")).toBe(0));

it("reports one more", async () => expect(await count("a {\n\n  margin: 0;\n}\n")).toBe(1));
