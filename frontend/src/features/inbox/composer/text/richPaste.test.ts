// @vitest-environment jsdom
import { expect, it } from "vitest";
import { markUp } from "./richPaste";

it.each([
  ["bold and italic", "<p>a <b>bold</b> and <em>slanted</em> word</p>", "a bold and slanted word", "a *bold* and _slanted_ word"],
  ["struck through and code", "<s>old</s> <code>x = 1</code>", "old x = 1", "~old~ ```x = 1```"],
  ["styles of Google Docs, whose wrapper is a light <b>", '<b style="font-weight:normal"><span style="font-weight:700">Big</span> news</b>', "Big news", "*Big* news"],
  ["bold over several lines", "<b>one<br>two</b>", "one\ntwo", "*one*\n*two*"],
  ["neighbours of one format", "<b>for</b><b>mat</b>", "format", "*format*"],
  ["the second of two equal words", "the cat<br>is a <b>cat</b>", "the cat\nis a cat", "the cat\nis a *cat*"],
  ["a list", "<ul><li>first</li><li><strong>second</strong></li></ul>", "• first\n• second", "• first\n• *second*"],
  ["blanks at the edge of a format", "so <b>very </b>good", "so very good", "so *very* good"],
  ["two formats", "<b><i>both</i></b>", "both", "_*both*_"],
  ["code in bold", "<b><code>x</code></b>", "x", "```x```"],
  ["marks that are there already", "<b>*mine*</b>", "*mine*", "*mine*"],
  ["a hard space", "<b>10&nbsp;kg</b>", "10\u00a0kg", "*10\u00a0kg*"],
])("marks %s", (_, html, plain, marked) => expect(markUp(html, plain)).toBe(marked));

it.each([
  ["cells of a spreadsheet", "<table><tr><td><b>1</b></td><td>2</td></tr></table>", "1\t2"],
  ["code with colours", '<div style="color:#d4d4d4"><span style="color:#569cd6">const</span> a = 1</div>', "const a = 1"],
  ["text that the HTML does not contain", "<b>something else</b>", "plain"],
  ["scripts and styles", "<style>b{}</style><script>alert(1)</script>hi", "hi"],
])("leaves %s as it is", (_, html, plain) => expect(markUp(html, plain)).toBe(plain));
