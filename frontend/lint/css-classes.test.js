/** Which disagreements of stylesheets and components are found. */
import { expect, it } from "vitest";
import { findProblems } from "./css-classes.js";

const SOUND = {
  "src/design/utilities.css": ":root { --ink: #000; } .muted { color: var(--ink); }",
  "src/a/card.module.css": ".card { color: var(--ink); & :global(.muted) { margin: 0.5rem; } } .done { margin: 0; }",
  "src/a/Card.tsx": 'import styles from "./card.module.css";\nconst STATE = "done";\n<p className={classes(styles.card, styles[STATE])}><b className="muted" /></p>',
};

const change = (path, from, to) => ({ ...SOUND, [path]: SOUND[path].replace(from, to) });

it("has nothing against what agrees", () => expect(findProblems(SOUND)).toEqual([]));

it.each([
  ["a class without a rule", change("src/a/Card.tsx", "styles.card", "styles.crad"), "has no class crad"],
  ["a rule without a use", change("src/a/card.module.css", ".done", ".dead"), "nothing uses the class dead"],
  ["a nested rule without a use", change("src/a/card.module.css", ":global(.muted)", ".dead"), "nothing uses the class dead"],
  ["a module that does not exist", change("src/a/Card.tsx", "./card.module.css", "@/b/card.module.css"), "src/b/card.module.css does not exist"],
  ["two modules of one name", { ...SOUND, "src/b/card.module.css": "" }, "another module has the same name"],
  ["global styles beside a component", { ...SOUND, "src/a/more.css": "p { margin: 0; }" }, "global styles belong to src/design"],
  ["a global class in two files", { ...SOUND, "src/design/reset.css": ".muted { margin: 0; }" }, "muted is declared in several files"],
  ["a global class that nothing uses", { ...SOUND, "src/design/reset.css": ".dead { margin: 0; }" }, "nothing uses the class dead"],
  ["a global class that does not exist", change("src/a/Card.tsx", '"muted"', '"mutde"'), "there is no global class mutde"],
  ["a custom property that does not exist", change("src/a/card.module.css", "--ink", "--inc"), "var(--inc): it is declared nowhere"],
  ["a custom property that nothing uses", change("src/design/utilities.css", "--ink: #000;", "--ink: #000; --dead: 1px;"), "--dead: nothing uses"],
])("finds %s", (_, files, problem) => expect(findProblems(files).join("\n")).toContain(problem));
