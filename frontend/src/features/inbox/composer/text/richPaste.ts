/** Formatted text from another program, with WhatsApp's marks in place of its formatting. */
import type { Format } from "@/lib/formatKeys";
import { MARKS, wrap } from "./formatting";

const TAGS: Readonly<Record<string, Format>> = {
  B: "bold",
  STRONG: "bold",
  I: "italic",
  EM: "italic",
  S: "strike",
  DEL: "strike",
  STRIKE: "strike",
  CODE: "mono",
  PRE: "mono",
  KBD: "mono",
};
const BOLD_WEIGHT = 600;
const COPIED_TABLE = "table";

interface Run {
  readonly text: string;
  readonly formats: readonly Format[];
}

/** Google Docs wraps everything in a `<b>` of normal weight, and writes its formatting as styles. */
function formatsOf(element: HTMLElement): Format[] {
  const { fontWeight, fontStyle, textDecoration } = element.style;
  const tag = TAGS[element.tagName];
  const isNotBold = tag === "bold" && (fontWeight === "normal" || Number(fontWeight) < BOLD_WEIGHT) && fontWeight !== "";
  const formats: Format[] = tag === undefined || isNotBold ? [] : [tag];
  if (fontWeight === "bold" || Number(fontWeight) >= BOLD_WEIGHT) formats.push("bold");
  if (fontStyle === "italic") formats.push("italic");
  if (textDecoration.includes("line-through")) formats.push("strike");
  return formats;
}

const BREAK: Run = { text: "", formats: [] };
const BLOCKS = /^(?:P|DIV|LI|UL|OL|H[1-6]|BLOCKQUOTE|PRE|BR|HR)$/;

/** As the browser shows it: blanks are one space, except in `<pre>`. */
function textOf(node: Text): string {
  const isExact = node.parentElement?.closest("pre") !== null;
  return isExact ? node.data : node.data.replace(/\s+/g, " ");
}

function listRuns(node: Node, formats: readonly Format[]): Run[] {
  if (node instanceof Text) return [{ text: textOf(node), formats }];
  if (!(node instanceof HTMLElement) || node.tagName === "STYLE" || node.tagName === "SCRIPT") return [];
  const own = [...new Set([...formats, ...formatsOf(node)])];
  const runs = [...node.childNodes].flatMap((child) => listRuns(child, own));
  return BLOCKS.test(node.tagName) ? [BREAK, ...runs, BREAK] : runs;
}

/** Formatted neighbours make one run: `<b>a</b><b>b</b>` is `*ab*`. */
function joinRuns(runs: readonly Run[]): Run[] {
  return runs.reduce<Run[]>((joined, run) => {
    const last = joined.at(-1);
    if (run.formats.length === 0 || last?.formats.join() !== run.formats.join()) return [...joined, run];
    return [...joined.slice(0, -1), { ...last, text: last.text + run.text }];
  }, []);
}

/** Text that has the marks already is not marked again, and code has no other format. */
function marked(text: string, formats: readonly Format[]): string {
  const wanted = formats.includes("mono") ? (["mono"] as const) : formats;
  return wanted.reduce((result, format) => (text.includes(MARKS[format]) ? result : wrap(result, format)), text);
}

/**
 * The plain text, with marks around what is bold, italic, struck through or code in the HTML. The plain text decides
 * on line breaks and spaces; a run that it does not contain stays without marks.
 */
export function markUp(html: string, plain: string): string {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  if (body.querySelector(COPIED_TABLE) !== null) return plain;
  const searched = plain.replaceAll("\u00a0", " ");
  let result = "";
  let at = 0;
  for (const { text, formats } of joinRuns(listRuns(body, []))) {
    const found = text.trim() === "" ? -1 : searched.indexOf(text.trim(), at);
    if (found === -1) continue;
    const end = found + text.trim().length;
    result += plain.slice(at, found) + marked(plain.slice(found, end), formats);
    at = end;
  }
  return result + plain.slice(at);
}
