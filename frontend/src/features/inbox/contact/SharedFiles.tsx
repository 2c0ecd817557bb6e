/** The files of a chat, each with who sent it when, which leads to the message. */
import { FileCard } from "@/features/inbox/attachments/FileCard";
import { kindOf } from "@/features/inbox/attachments/attachments";
import type { FoundMessage } from "@/types/wire";
import { SharedOrigin } from "./SharedOrigin";
import styles from "./shared.module.css";

export function SharedFiles({ messages }: { readonly messages: readonly FoundMessage[] }) {
  return (
    <ul className={styles.lines}>
      {messages.map((message) => (
        <li key={message.id}>
          {message.attachments
            .filter((attachment) => kindOf(attachment) === "file")
            .map((attachment) => (
              <FileCard key={attachment.id} message={message} attachment={attachment} id={attachment.id} />
            ))}
          <SharedOrigin message={message} />
        </li>
      ))}
    </ul>
  );
}
