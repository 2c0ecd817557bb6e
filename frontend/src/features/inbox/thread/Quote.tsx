/** The quoted message in a line or two: in the reply's bubble, and above the composer. */
import { firstShown } from "@/lib/texts";
import type { Quoted } from "@/types/wire";
import { useThreadActions } from "./threadContext";
import styles from "./quote.module.css";

export const nameQuoted = (quoted: Quoted): string => (quoted.direction === "out" ? "You" : (firstShown(quoted.name) ?? "Contact"));

export function QuoteLines({ quoted }: { readonly quoted: Quoted }) {
  return (
    <>
      <span className={styles.name} translate={quoted.direction === "out" ? undefined : "no"}>{nameQuoted(quoted)}</span>
      <span className={styles.body} dir="auto" data-testid="quote-text">
        {firstShown(quoted.body)?.trim() ?? "Attachment"}
      </span>
    </>
  );
}

/** A button that jumps to the message, if it is stored. */
export function Quote({ quoted }: { readonly quoted: Quoted }) {
  const { jumpTo } = useThreadActions();
  const id = quoted.message_id;
  if (id === null) {
    return (
      <div className={styles.quote} data-testid="message-quote">
        <QuoteLines quoted={quoted} />
      </div>
    );
  }
  return (
    <button type="button" className={styles.quote} onClick={() => jumpTo(id)} title="Show the message" data-testid="message-quote">
      <QuoteLines quoted={quoted} />
    </button>
  );
}
