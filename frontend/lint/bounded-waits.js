/**
 * Operations that may never finish are awaited inside `withDeadline` (src/lib/limits.ts): the app's own promises,
 * requests, locks, the database, the microphone, the clipboard and lazy chunks can hang on a frozen tab, a dead
 * connection or a broken device.
 */
const METHODS = new Set(["getUserMedia", "writeText", "readText", "play", "arrayBuffer", "decode"]);
const FUNCTIONS = new Set(["fetch", "createImageBitmap"]);

/** `locks.request`, `indexedDB.open`: method names too common to be matched without their object. */
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

/** `lazyPart` loads inside `withDeadline`. */
const DEADLINES = new Set(["withDeadline", "lazyPart"]);

const isDeadline = (node) => node.type === "CallExpression" && node.callee.type === "Identifier" && DEADLINES.has(node.callee.name);

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
