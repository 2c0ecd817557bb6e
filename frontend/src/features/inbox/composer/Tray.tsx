/** The files attached to the next message: picked, dropped or pasted. */
import { useRef, useState, type DragEvent } from "react";
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { useConfig } from "@/lib/config";
import { formatSize, pick, type Picked } from "@/features/inbox/attachments/attachments";
import { filesOf } from "./transferFiles";
import { useBlobUrl } from "@/features/inbox/attachments/media";
import composerStyles from "./composer.module.css";
import attachmentsStyles from "@/features/inbox/attachments/attachments.module.css";
import styles from "./tray.module.css";

/** UniPile's documented limits, until the server has sent its own. */
const USUAL_LIMITS = { max_bytes: 15_000_000, max_files: 10 };

export interface Tray {
  readonly picked: readonly Picked[];
  readonly add: (files: Iterable<File>) => void;
  readonly remove: (key: string) => void;
  readonly clear: () => void;
}

export function useTray(report: (sentence: string) => void): Tray {
  const limits = useConfig().data?.uploads ?? USUAL_LIMITS;
  const [picked, setPicked] = useState<readonly Picked[]>([]);
  const add = (files: Iterable<File>) => {
    const [next, problem] = pick(picked, [...files], limits);
    setPicked(next);
    if (problem !== null) report(problem);
  };
  return {
    picked,
    add,
    remove: (key) => setPicked(picked.filter((entry) => entry.key !== key)),
    clear: () => setPicked([]),
  };
}

const hasFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes("Files");

/** Inserts text as if it were typed, so that the field's own handlers run. */
function typeText(thread: Element, text: string): void {
  const field = thread.querySelector<HTMLTextAreaElement>("textarea");
  if (field === null) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

/** Accepts files dropped anywhere on the open chat. */
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
      const files = filesOf(event.dataTransfer);
      if (files.length === 0 && event.target instanceof HTMLTextAreaElement) return;
      event.preventDefault();
      if (files.length > 0) tray.add(files);
      else typeText(event.currentTarget, event.dataTransfer.getData("text/plain"));
    },
  };
  return { isOver, handlers };
}

export function DropOverlay() {
  return (
    <div className={styles.drop} aria-hidden="true">
      <Icon name="clip" size={28} />
      Drop the files to attach them
    </div>
  );
}

export function TrayButton({ tray }: { readonly tray: Tray }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton label="Attach files" className={composerStyles.tool} onClick={() => input.current?.click()} data-testid="composer-attach">
        <Icon name="clip" />
      </IconButton>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to attach"
        onChange={(event) => {
          tray.add(event.target.files ?? []);
          // So that the same file can be picked again.
          event.target.value = "";
        }}
        data-testid="composer-files"
      />
    </>
  );
}

export function TrayList({ tray }: { readonly tray: Tray }) {
  if (tray.picked.length === 0) return null;
  return (
    <ul className={styles.tray} aria-label="Attached files" data-testid="composer-tray">
      {tray.picked.map(({ key, file }) => (
        <li key={key} className={styles.file}>
          <Preview file={file} />
          <span className={attachmentsStyles.fileWords}>
            <span className={attachmentsStyles.fileName} data-testid="file-name" translate="no">{file.name}</span>
            <span className={attachmentsStyles.fileNote}>{formatSize(file.size)}</span>
          </span>
          <IconButton label={`Remove ${file.name}`} onClick={() => tray.remove(key)}>
            <Icon name="close" size={16} />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}

function Preview({ file }: { readonly file: File }) {
  const isPicture = /^image\/(png|jpeg|gif|webp)$/.test(file.type);
  const url = useBlobUrl(isPicture ? file : undefined);
  return <span className={styles.picture}>{url === null ? <Icon name="file" /> : <img src={url} alt="" />}</span>;
}
