/** The files of a canned reply: those it has, and those that will be added when it is saved. */
import { useRef } from "react";
import { Button } from "@/components/Button";
import { t } from "@/i18n/translate";
import { isolate } from "@/lib/texts";
import type { CannedReply } from "@/types/wire";
import styles from "./replies.module.css";

interface ReplyFilesProps {
  readonly reply: CannedReply | null;
  readonly added: readonly File[];
  readonly removed: readonly string[];
  readonly onAdd: (files: readonly File[]) => void;
  readonly onRemove: (fileIds: readonly string[]) => void;
}

export function ReplyFiles({ reply, added, removed, onAdd, onRemove }: ReplyFilesProps) {
  const input = useRef<HTMLInputElement>(null);
  const stored = (reply?.files ?? []).filter(({ id }) => !removed.includes(id));
  return (
    <div className={styles.form}>
      <ul className={styles.files} aria-label={t("replies.filesOf")}>
        {stored.map(({ id, file_name }) => <FileRow key={id} name={file_name ?? ""} onRemove={() => onRemove([...removed, id])} />)}
        {added.map((file, index) => <FileRow key={`${file.name} ${file.lastModified}`} name={file.name} onRemove={() => onAdd(added.toSpliced(index, 1))} />)}
      </ul>
      <div>
        <Button size="small" onClick={() => input.current?.click()}>{t("replies.addFiles")}</Button>
        <input
          ref={input}
          type="file"
          multiple
          hidden
          aria-label={t("replies.addFiles")}
          onChange={(event) => {
            onAdd([...added, ...(event.target.files ?? [])]);
            event.target.value = "";
          }}
          data-testid="reply-files"
        />
      </div>
    </div>
  );
}

function FileRow({ name, onRemove }: { readonly name: string; readonly onRemove: () => void }) {
  return (
    <li>
      <span translate="no">{name}</span>
      <Button size="small" tone="quiet" onClick={onRemove} aria-label={t("composer.files.remove", { name: isolate(name) })}>{t("replies.removeFile")}</Button>
    </li>
  );
}
