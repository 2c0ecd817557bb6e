/** Fails if stylesheets and components do not agree: see lint/css-classes.js. */
import { readdirSync, readFileSync } from "node:fs";
import { findProblems } from "../lint/css-classes.js";

const paths = readdirSync("src", { recursive: true })
  .map((path) => `src/${path.replaceAll("\\", "/")}`)
  .filter((path) => /\.(css|tsx?)$/.test(path));
const problems = findProblems(Object.fromEntries(paths.map((path) => [path, readFileSync(path, "utf8")])));
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
