/**
 * Whatever the browser may never answer is awaited inside `withDeadline` (src/lib/limits.ts).
 *
 * A promise of one's own, a request, a lock, the database, the microphone, the clipboard, a part of the page that is
 * loaded late: each can hang for ever on a frozen tab, a deaf connection or a broken device.
 */
const METHODS = new Set(["getUserMedia", "writeText", "readText", "play", "arrayBuffer", "decode"]);
const FUNCTIONS = new Set(["fetch", "createImageBitmap"]);

/** `locks.request`, `indexedDB.open`: names too common to be told by the method alone. */
const PLACES = [
  [/locks$/i, "request"],
  [/^indexedDB$/, "open"],
];

const nameOf = (node) => (node.type === "Identifier" ? node.name : node.type === "MemberExpression" && !node.computed ? nameOf(node.property) : "");

function isWait(callee) {
  if (callee.type === "Identifier") return FUNCTIONS.has(callee.name);
  if (callee.type !== "MemberExpression" || callee.computed) return false;
  const method = nameOf(callee.property);
  return METHODS.has(method) || PLACES.some(([owner, name]) => name === method && owner.test(nameOf(callee.object)));
}

const isDeadline = (node) => node.type === "CallExpression" && node.callee.type === "Identifier" && node.callee.name === "withDeadline";

export default {
  meta: {
    type: "problem",
    schema: [],
    messages: { bare: "This may never be answered: await it inside withDeadline (lib/limits.ts)." },
  },
  create(context) {
    const check = (node) => {
      if (!context.sourceCode.getAncestors(node).some(isDeadline)) context.report({ node, messageId: "bare" });
    };
    return {
      NewExpression: (node) => nameOf(node.callee) === "Promise" && check(node),
      ImportExpression: check,
      CallExpression: (node) => isWait(node.callee) && check(node),
    };
  },
};
