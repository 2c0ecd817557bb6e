/** The reactions to a message, and who reacted. */
import { useState } from "react";
import { Popover } from "@/components/Popover";
import { isolate } from "@/lib/texts";
import { Exact } from "@/components/Text";
import { groupReactions } from "./amendments";
import type { Bubble } from "./bubbles";
import { useThreadActions } from "./threadContext";
import messageStyles from "./message.module.css";
import menuStyles from "@/components/menu.module.css";
import styles from "./reactions.module.css";

export function Reactions({ bubble }: { readonly bubble: Bubble }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  if (bubble.reactions.length === 0 || bubble.isDeleted) return null;
  const groups = groupReactions(bubble.reactions);
  const spoken = groups.map(({ value, names }) => `${value} ${names.map(isolate).join(", ")}`).join("; ");
  return (
    <>
      <button
        type="button"
        className={messageStyles.bubbleReactions}
        aria-label={`Reactions: ${spoken}`}
        title={spoken}
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(anchor === null ? event.currentTarget : null)}
        data-testid="message-reactions"
      >
        {groups.map(({ value, names }) => (
          <span key={value} data-testid="message-reaction">
            <Exact>{value}</Exact>
            {names.length > 1 && <span className={messageStyles.bubbleReactionCount} translate="no">{names.length}</span>}
          </span>
        ))}
      </button>
      {anchor !== null && <Reactors bubble={bubble} anchor={anchor} onClose={() => setAnchor(null)} />}
    </>
  );
}

interface ReactorsProps {
  readonly bubble: Bubble;
  readonly anchor: HTMLElement;
  readonly onClose: () => void;
}

function Reactors({ bubble, anchor, onClose }: ReactorsProps) {
  const { canAct, react } = useThreadActions();
  const { message } = bubble;
  const own = bubble.reactions.find((reaction) => reaction.is_own);
  const takeBack = () => {
    onClose();
    if (message !== null) react(message, null);
  };
  return (
    <Popover anchor={anchor} label="Reactions" role="dialog" onClose={onClose}>
      <ul className={styles.reactors}>
        {groupReactions(bubble.reactions).flatMap(({ value, names }) =>
          names.map((name, index) => (
            <li key={`${value}${index}`}>
              <Exact>{name}</Exact>
              <Exact>{value}</Exact>
            </li>
          )),
        )}
      </ul>
      {canAct && message !== null && own !== undefined && (
        <button type="button" className={menuStyles.item} onClick={takeBack} data-testid="reaction-remove">
          Take back your <Exact>{own.value}</Exact>
        </button>
      )}
    </Popover>
  );
}
