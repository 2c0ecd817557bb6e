/** What the stylesheets have to keep to; which classes exist and are used is the matter of lint/css-classes.js. */
import maxLines from "./lint/max-lines.js";

export default {
  plugins: [maxLines],
  reportDescriptionlessDisables: true,
  reportNeedlessDisables: true,
  rules: {
    "confab/max-lines": 300,
    "at-rule-no-unknown": true,
    "block-no-empty": true,
    "color-no-invalid-hex": true,
    "comment-no-empty": true,
    "custom-property-no-missing-var-function": true,
    "declaration-block-no-duplicate-custom-properties": true,
    "declaration-block-no-duplicate-properties": true,
    "declaration-block-no-shorthand-property-overrides": true,
    "declaration-no-important": true,
    // The scales of src/design: 7 sizes, 3 weights, 4 radii.
    "declaration-property-value-allowed-list": [
      { "font-size": [/^var\(--text-/, "inherit"], "font-weight": [/^var\(--weight-/, "inherit"], "/^border.*-radius$/": [/^(var\(--radius-[a-z]+\)|0|inherit)( (var\(--radius-[a-z]+\)|0))*$/, "inherit"] },
      { message: "Use a value of the scale: src/design/type.css, src/design/layout.css." },
    ],
    // `global(rise)`: an animation of design/motion.css, not of the module.
    "function-no-unknown": [true, { ignoreFunctions: ["global"] }],
    "media-feature-name-no-unknown": true,
    "no-duplicate-selectors": true,
    "no-empty-source": true,
    "no-invalid-double-slash-comments": true,
    "no-invalid-position-at-import-rule": true,
    "property-no-unknown": true,
    "selector-anb-no-unmatchable": true,
    // Told by their elements and roles, or by a class: an id is for labels and links.
    "selector-max-id": 0,
    "selector-pseudo-class-no-unknown": [true, { ignorePseudoClasses: ["global"] }],
    "selector-pseudo-element-no-unknown": true,
    "selector-type-no-unknown": true,
    "unit-no-unknown": true,
  },
  overrides: [
    // As TypeScript spells it; a variant may be called like the value of the API that it stands for.
    { files: ["**/*.module.css"], rules: { "selector-class-pattern": "^[a-z][a-zA-Z0-9_]*$" } },
    { files: ["src/design/reset.css"], rules: { "declaration-property-value-allowed-list": null } },
    { files: ["src/design/*.css"], rules: { "selector-class-pattern": "^[a-z][a-z0-9-]*$" } },
  ],
};
