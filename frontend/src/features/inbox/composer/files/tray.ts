/** The files attached to the next message of a chat: a part of its draft. */
import { useState, useSyncExternalStore } from "react";
import { makeClientId } from "@/lib/ids";
import { useConfig } from "@/lib/config";
import { useInbox } from "@/features/inbox/context";
import type { DraftFile } from "@/features/inbox/composer/drafts/draft";
import type { Loaded } from "@/features/inbox/composer/drafts/draftFiles";
import { useDraft } from "@/features/inbox/composer/drafts/useDraft";
import type { ComposedFile } from "./parts";
import { pickFiles } from "./pickFiles";

/** UniPile's documented limits, until the server has sent its own. */
const USUAL_LIMITS = { max_bytes: 15_000_000, max_files: 10 };

export interface TrayItem extends DraftFile {
  readonly file: Loaded;
}

export interface Tray {
  readonly items: readonly TrayItem[];
  /** What was wrong with the files that were chosen last. */
  readonly problems: readonly string[];
  readonly add: (files: Iterable<File>, refused?: readonly string[]) => void;
  readonly addVoice: (file: File, seconds: number) => void;
  readonly remove: (key: string) => void;
  /** Moves a file to another place. */
  readonly move: (key: string, place: number) => void;
  readonly setCaption: (key: string, caption: string) => void;
  readonly dismiss: () => void;
}

/** The items that can be sent: a file that was lost cannot. */
export const composedFiles = (items: readonly TrayItem[]): ComposedFile[] =>
  items.flatMap(({ file, caption, seconds }) => (file instanceof File ? [{ file, caption, isVoice: seconds !== undefined }] : []));

export const isLoading = (items: readonly TrayItem[]): boolean => items.some(({ file }) => file === "loading");

/** The list with one of its items at another place. */
export function movedTo<T extends { readonly key: string }>(items: readonly T[], key: string, place: number): readonly T[] {
  const moved = items.find((item) => item.key === key);
  if (moved === undefined) return items;
  return items.filter((item) => item !== moved).toSpliced(place, 0, moved);
}

/** The draft's files with their content, which a reloaded page reads from the browser's database. */
function useItems(chatId: number): readonly TrayItem[] {
  const { drafts } = useInbox();
  const { files } = useDraft(chatId);
  useSyncExternalStore(drafts.subscribe, () => drafts.files.version);
  return files.map((entry) => ({ ...entry, file: drafts.fileOf(entry.key) }));
}

export function useTray(accountId: number, chatId: number): Tray {
  const { drafts } = useInbox();
  const limits = useConfig().data?.uploads ?? USUAL_LIMITS;
  const [problems, setProblems] = useState<readonly string[]>([]);
  const items = useItems(chatId);
  const attach = (file: File, seconds?: number) => {
    const entry = { key: makeClientId(), name: file.name, caption: "", ...(seconds === undefined ? {} : { seconds }) };
    drafts.addFile(chatId, accountId, file, entry);
  };
  const changeFiles = (change: (files: readonly DraftFile[]) => readonly DraftFile[]) =>
    drafts.change(chatId, { files: change(drafts.read(chatId).files) });
  return {
    items,
    problems,
    add: (files, refused = []) => {
      const picked = pickFiles(drafts.read(chatId).files.length, [...files], limits);
      for (const file of picked.taken) attach(file);
      setProblems([...refused, ...picked.problems]);
    },
    addVoice: attach,
    remove: (key) => {
      setProblems([]);
      drafts.removeFile(chatId, key);
    },
    move: (key, place) => changeFiles((files) => movedTo(files, key, place)),
    setCaption: (key, caption) => changeFiles((files) => files.map((file) => (file.key === key ? { ...file, caption } : file))),
    dismiss: () => setProblems([]),
  };
}
