/**
 * What the rule `lingui/no-unlocalized-strings` lets pass: strings that are no text for the user. Everything else that
 * has a capital or several words belongs in the catalogues of src/i18n.
 */

/** A word in small letters: a name of the program, such as a test id, a kind, an icon or a message id. */
const NAME = "^[^\\sA-Z]\\S*$";
/** Keys of the keyboard, and their combinations. */
const KEYS = "^(?:(?:Ctrl|Control|Shift|Alt|AltGraph|Meta)\\+?)*(?:\\S|[a-z] [a-z]|Arrow(?:Up|Down|Left|Right)|Home|End|Enter|Esc|Escape|Space|Tab|CapsLock|Dead|Process|Unidentified)?$";
/** Selectors, styles, media queries and outlines of icons. */
const STYLES = "[[\\]{}=]|\\w\\(|^\\([\\w-]+(?: [<>]=|:) |^[Mm][\\d ][-\\d. \\w]*$|^bold |^not all$";
/** HTTP headers and methods, errors that only programs read, midnight in UTC. */
const PROTOCOL = "^(?:[A-Z]+|Accept|Authorization|Bearer|Retry-After|\\w+Error|Files|T00:00:00Z)$";
const FILE_NAME = "^[\\w ]+\\.\\w{3,4}$";
const PRODUCT = "^(?:(?:· )?Confab|WhatsApp)$";

export const TEXTS = {
  ignore: [NAME, KEYS, STYLES, PROTOCOL, FILE_NAME, PRODUCT],
  ignoreNames: ["className", "to", "href", "id", "allow", "easing", "font"],
  ignoreFunctions: ["Error", "*Error", "*.closest", "*.querySelector*", "console.*"],
};

/** Texts of one small word, which the rule takes for names. */
export const SMALL_TEXTS = [
  "JSXText[value=/(?!Confab)\\b[A-Za-z]{2}/]",
  "JSXAttribute[name.name=/^(?:aria-label|aria-description|alt|hint|label|placeholder|title)$/] > Literal[value=/[A-Za-z]{2}/]",
  "TemplateElement[value.cooked=/^ [a-z]{3}/]:not(NewExpression TemplateElement)",
].map((selector) => ({ selector, message: "Texts belong in the catalogues of src/i18n." }));
