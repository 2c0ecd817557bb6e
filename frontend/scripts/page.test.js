// @ts-check
import { expect, it } from "vitest";
import { drawFrame, inline, requireClasses } from "./page.js";

const PAGE = `<head>
<script src="/page/start.js"></script>
<link rel="stylesheet" crossorigin href="/assets/first-a1.css">
</head>
<body>
              <div data-rows="2">
                <i class="row"></i>
              </div>
<span class="item" data-icon="inbox"></span>
</body>`;

it("has its styles and scripts in it", () => {
  const page = inline(PAGE, (name) => `/* ${name} */ .row{}`, { "page/start.js": "start('$&')" });
  expect(page).toContain("<script>start('$&')</script>");
  expect(page).toContain("<style>/* assets/first-a1.css */ .row{}</style>\n</head>");
  expect(page).not.toContain("first-a1.css\">");
  expect(page).not.toContain("src=");
});

it("has the icons and rows of its frame", () => {
  const page = drawFrame(PAGE, { inbox: "M1 2" });
  expect(page.match(/class="row"/g)).toHaveLength(2);
  expect(page).toContain('<path d="M1 2" />');
  expect(() => drawFrame(PAGE, {})).toThrow("inbox");
});

it("is drawn with classes of components only", () => {
  expect(() => requireClasses(PAGE, ".row{} .item{}")).not.toThrow();
  expect(() => requireClasses(PAGE, ".row{}")).toThrow("item");
});
