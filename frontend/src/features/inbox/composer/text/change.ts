/** A change of the composer's text: what replaces which part, and what is selected afterwards. */

export interface TextChange {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
  readonly selection: readonly [number, number];
}

/** Types it, so that the browser's undo knows it. */
function type(insert: string): boolean {
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way to change a field that can be undone with Ctrl+Z
    return insert === "" ? document.execCommand("delete") : document.execCommand("insertText", false, insert);
  } catch {
    return false;
  }
}

export function applyChange(field: HTMLTextAreaElement, { from, to, insert, selection }: TextChange): void {
  field.focus();
  field.setSelectionRange(from, to);
  if ((from !== to || insert !== "") && !type(insert)) {
    field.setRangeText(insert, from, to, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.setSelectionRange(...selection);
}

/** Puts text where the caret is, or in place of what is selected. */
export function insertAt(start: number, end: number, insert: string): TextChange {
  const caret = start + insert.length;
  return { from: start, to: end, insert, selection: [caret, caret] };
}
