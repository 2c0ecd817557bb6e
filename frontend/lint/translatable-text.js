/**
 * Text that a page translator may move.
 *
 * Translators (Google, Edge, Safari, extensions) replace each text node by elements of their own. React then changes a
 * node that is no longer shown, or fails to remove it (`NotFoundError`), if it has to update that very node. It never
 * has to where text is the only child of an element, or where nothing beside it can change.
 */
import { ESLintUtils } from "@typescript-eslint/utils";
import ts from "typescript";

const TEXT_TYPES = ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.BigIntLike;
const ABSENT_TYPES = ts.TypeFlags.Null | ts.TypeFlags.Undefined | ts.TypeFlags.BooleanLike;

/** Lists of lists; a type can contain itself. */
const MAX_DEPTH = 3;

const partsOf = (type) => (type.isUnion() ? type.types : [type]);

/** Whether a value of this type can be shown as text; an empty literal cannot. */
function canBeText(type, checker, depth = 0) {
  return partsOf(type).some((part) => {
    if (part.isStringLiteral() && part.value === "") return false;
    if (part.flags & TEXT_TYPES) return true;
    if (checker.isArrayType(part) || checker.isTupleType(part)) {
      return checker.getTypeArguments(part).some((item) => depth < MAX_DEPTH && canBeText(item, checker, depth + 1));
    }
    return false;
  });
}

/** Whether a component may render nothing, so that its element comes and goes. */
function canBeAbsent(type) {
  const returned = type.getCallSignatures().map((signature) => signature.getReturnType());
  return returned.flatMap(partsOf).some((part) => part.flags & ABSENT_TYPES);
}

const isBlank = (node) => node.type === "JSXText" && node.value.trim() === "" && node.value.includes("\n");
const isEmpty = (node) => node.type === "JSXExpressionContainer" && node.expression.type === "JSXEmptyExpression";
const isFixed = (node) => node.type === "JSXText" || (node.type === "JSXExpressionContainer" && node.expression.type === "Literal");

export default ESLintUtils.RuleCreator.withoutDocs({
  meta: {
    type: "problem",
    schema: [],
    messages: {
      changing: "This text can change beside siblings: give it an element of its own (<Text>), a translator may have moved its node.",
      fixed: "What stands before this text can come and go: give the text an element of its own (<Text>).",
      fragment: "Text directly in a fragment is removed as a bare node: give it an element of its own (<Text>).",
    },
  },
  defaultOptions: [],
  create(context) {
    const services = ESLintUtils.getParserServices(context);
    const checker = services.program.getTypeChecker();
    const typeOf = (node) => services.getTypeAtLocation(node);

    const isArray = (type) => partsOf(type).some((part) => checker.isArrayType(part) || checker.isTupleType(part));

    function comesAndGoes(node) {
      if (node.type === "JSXExpressionContainer") return node.expression.type !== "Literal";
      if (node.type !== "JSXElement") return false;
      const { name } = node.openingElement;
      return name.type === "JSXIdentifier" && /^[A-Z]/.test(name.name) && canBeAbsent(typeOf(name));
    }

    function checkText(node, before, isFragment) {
      if (isFragment) context.report({ node, messageId: "fragment" });
      else if (before.some(comesAndGoes)) context.report({ node, messageId: "fixed" });
    }

    function checkExpression(node, isAlone) {
      const type = typeOf(node.expression);
      if (canBeText(type, checker) && (!isAlone || isArray(type))) context.report({ node, messageId: "changing" });
    }

    function check(parent, isFragment) {
      const children = parent.children.filter((child) => !isBlank(child) && !isEmpty(child));
      children.forEach((child, index) => {
        if (isFixed(child)) checkText(child, children.slice(0, index), isFragment);
        else if (child.type === "JSXExpressionContainer") checkExpression(child, children.length === 1 && !isFragment);
      });
    }

    return { JSXElement: (node) => check(node, false), JSXFragment: (node) => check(node, true) };
  },
});
