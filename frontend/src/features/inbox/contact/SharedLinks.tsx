/** The links of a chat, each with who sent it when, which leads to the message. */
import { Icon } from "@/components/Icon";
import { linkify } from "@/features/inbox/thread/bubble/linkify";
import type { FoundMessage } from "@/types/wire";
import { SharedOrigin } from "./SharedOrigin";
import styles from "./shared.module.css";

const hrefsOf = ({ body }: FoundMessage): string[] => {
  const hrefs = linkify(body ?? "").flatMap(({ href }) => (href?.startsWith("http") ? [href] : []));
  return [...new Set(hrefs)];
};

export function SharedLinks({ messages }: { readonly messages: readonly FoundMessage[] }) {
  return (
    <ul className={styles.lines}>
      {messages.map((message) => (
        <li key={message.id}>
          {hrefsOf(message).map((href) => (
            <a key={href} className={styles.link} href={href} target="_blank" rel="noreferrer noopener" dir="ltr" translate="no">
              <Icon name="link" size={16} />
              <span>{href.replace(/^https?:\/\/(?:www\.)?|\/$/g, "")}</span>
            </a>
          ))}
          <SharedOrigin message={message} />
        </li>
      ))}
    </ul>
  );
}
