/** WhatsApp's formatting marks around the selected text, set and removed by the same key. */
import { FORMAT_KEYS, FORMATS, type Format, type FormatKey } from "@/lib/formatKeys";
import { letterOf } from "@/lib/keys";
import type { TextChange } from "./change";

export const MARKS: Readonly<Record<Format, string>> = { bold: "*", italic: "_", strike: "~", mono: "```" };

interface Pressed extends FormatKey {
  readonly code?: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

export function formatOf(event: Pressed): Format | null {
  if (event.ctrlKey === event.metaKey || event.altKey) return null;
  const key = letterOf(event);
  return FORMATS.find((format) => FORMAT_KEYS[format].key === key && FORMAT_KEYS[format].shiftKey === event.shiftKey) ?? null;
}

/** WhatsApp accepts a mark only beside a character that is not blank, and only within a line. */
function wrapLine(line: string, mark: string): string {
  const inner = line.trim();
  if (inner === "") return line;
  const start = line.indexOf(inner);
  return `${line.slice(0, start)}${mark}${inner}${mark}${line.slice(start + inner.length)}`;
}

export function wrap(text: string, format: Format): string {
  const mark = MARKS[format];
  return format === "mono" ? wrapLine(text, mark) : text.split("\n").map((line) => wrapLine(line, mark)).join("\n");
}

const isWrapped = (text: string, mark: string): boolean =>
  text.length > 2 * mark.length && text.startsWith(mark) && text.endsWith(mark);

/** Without a selection the marks are set around the caret, and an empty pair is removed. */
function toggleAtCaret(text: string, at: number, mark: string): TextChange {
  const isPair = text.slice(at - mark.length, at) === mark && text.startsWith(mark, at);
  if (isPair) return { from: at - mark.length, to: at + mark.length, insert: "", selection: [at - mark.length, at - mark.length] };
  return { from: at, to: at, insert: mark + mark, selection: [at + mark.length, at + mark.length] };
}

export function toggleFormat(text: string, start: number, end: number, format: Format): TextChange {
  const mark = MARKS[format];
  const selected = text.slice(start, end);
  if (selected.trim() === "") return toggleAtCaret(text, end, mark);
  if (isWrapped(selected, mark)) return replace(start, end, selected.slice(mark.length, -mark.length));
  const around = text.slice(Math.max(0, start - mark.length), end + mark.length);
  if (isWrapped(around, mark) && around.length === selected.length + 2 * mark.length) {
    return replace(start - mark.length, end + mark.length, selected);
  }
  return replace(start, end, wrap(selected, format));
}

const replace = (from: number, to: number, insert: string): TextChange => ({ from, to, insert, selection: [from, from + insert.length] });
