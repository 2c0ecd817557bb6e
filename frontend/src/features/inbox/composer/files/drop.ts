/** Takes the files of a drop or a paste, anywhere on the open chat. */
import { useState, type ClipboardEvent, type DragEvent } from "react";
import { t } from "@/i18n/translate";
import { filesOf } from "./transferFiles";
import type { Tray } from "./tray";

const hasFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes("Files");

/** Inserts text as if it were typed, so that the field's own handlers run. */
function typeText(thread: Element, text: string): void {
  const field = thread.querySelector<HTMLTextAreaElement>("textarea");
  if (field === null) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

/** The names of dropped folders: the browser lists them among the files, but cannot read them. */
function foldersOf({ items }: DataTransfer): readonly string[] {
  const entries = Array.from(items, (item) => (item.kind === "file" ? item.webkitGetAsEntry() : null));
  return entries.flatMap((entry) => (entry?.isDirectory === true ? [entry.name] : []));
}

function attach(tray: Tray, data: DataTransfer): boolean {
  const folders = foldersOf(data);
  const files = filesOf(data).filter(({ name }) => !folders.includes(name));
  if (files.length === 0 && folders.length === 0) return false;
  tray.add(files, folders.map((name) => t("composer.files.folder", { name })));
  return true;
}

/** Takes pasted images and files; false leaves the text to the field. */
export function pasteFiles({ clipboardData }: ClipboardEvent, tray: Tray | undefined): boolean {
  const files = tray === undefined ? [] : filesOf(clipboardData);
  if (files.length > 0) tray?.add(files);
  return files.length > 0;
}

export function useDrop(tray: Tray, isOpen: boolean) {
  const [isOver, setOver] = useState(false);
  const handlers = {
    onDragOver: (event: DragEvent) => {
      if (!isOpen || !hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: (event: DragEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
    },
    onDrop: (event: DragEvent) => {
      setOver(false);
      if (!isOpen || !hasFiles(event)) return;
      const isText = filesOf(event.dataTransfer).length === 0 && foldersOf(event.dataTransfer).length === 0;
      if (isText && event.target instanceof HTMLTextAreaElement) return;
      event.preventDefault();
      if (!attach(tray, event.dataTransfer)) typeText(event.currentTarget, event.dataTransfer.getData("text/plain"));
    },
  };
  return { isOver, handlers };
}
