/** Runs one rule over a snippet of typed source. */
import { Linter } from "eslint";
import { parser } from "typescript-eslint";
import ts from "typescript";

const FILE = "/probe.tsx";
const OPTIONS = { jsx: ts.JsxEmit.Preserve, strict: true, noLib: false, lib: ["lib.es2022.d.ts", "lib.dom.d.ts"], target: ts.ScriptTarget.ES2022, types: [] };
const JSX = "declare global { namespace JSX { interface Element { props: object } interface IntrinsicElements { [name: string]: any } } }\n";
const host = ts.createCompilerHost(OPTIONS);
const read = host.getSourceFile.bind(host);
const libraries = new Map();

function readOnce(name, version) {
  if (!libraries.has(name)) libraries.set(name, read(name, version));
  return libraries.get(name);
}

/** The ids of the reported messages, in order. */
export function probe(rule, source) {
  const text = JSX + source;
  host.getSourceFile = (name, version) => (name === FILE ? ts.createSourceFile(name, text, version, true, ts.ScriptKind.TSX) : readOnce(name, version));
  const program = ts.createProgram([FILE], OPTIONS, host);
  const config = {
    files: ["**/*.tsx"],
    languageOptions: { parser, parserOptions: { programs: [program], ecmaFeatures: { jsx: true } } },
    plugins: { own: { rules: { rule } } },
    rules: { "own/rule": "error" },
  };
  const found = new Linter({ configType: "flat", cwd: "/" }).verify(text, [config], { filename: FILE });
  return found.map(({ messageId, message }) => messageId ?? message);
}
