/** A stylelint rule: no stylesheet longer than so many lines. */
import stylelint from "stylelint";

const ruleName = "confab/max-lines";
const messages = stylelint.utils.ruleMessages(ruleName, {
  tooLong: (lines, max) => `${lines} lines, ${max} are allowed: move the styles of one component into a file of their own`,
});

const rule = (max) => (root, result) => {
  if (!stylelint.utils.validateOptions(result, ruleName, { actual: max, possible: [Number.isInteger] })) return;
  const lines = root.source.input.css.trimEnd().split("\n").length;
  if (lines > max) stylelint.utils.report({ ruleName, result, node: root, message: messages.tooLong(lines, max) });
};
rule.ruleName = ruleName;
rule.messages = messages;

export default stylelint.createPlugin(ruleName, rule);
