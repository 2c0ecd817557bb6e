/** What is pasted: files are attached, formatted text gets WhatsApp's marks, other text is the browser's. */
import type { ClipboardEvent } from "react";
import { pasteFiles } from "@/features/inbox/composer/files/drop";
import type { Tray } from "@/features/inbox/composer/files/tray";
import { markUp } from "./richPaste";

export function pasteInto(event: ClipboardEvent, tray: Tray | undefined, insert: (text: string) => void): void {
  if (pasteFiles(event, tray)) {
    event.preventDefault();
    return;
  }
  const plain = event.clipboardData.getData("text/plain").replaceAll("\r\n", "\n");
  const html = event.clipboardData.getData("text/html");
  const marked = plain === "" || html === "" ? plain : markUp(html, plain);
  if (marked === plain) return;
  event.preventDefault();
  insert(marked);
}
