/** The reactions to a message, and who reacted. */
import { useState } from "react";
import { Popover } from "@/components/Popover";
import { classes } from "@/components/classes";
import { Exact } from "@/components/Text";
import { t } from "@/i18n/translate";
import { isolate } from "@/lib/texts";
import { groupReactions } from "./amendments";
import type { Bubble } from "@/features/inbox/thread/list/bubbles";
import { useThreadActions } from "@/features/inbox/thread/threadContext";
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
        aria-label={t("messages.reactions.label", { reactions: spoken })}
        title={spoken}
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(anchor === null ? event.currentTarget : null)}
        data-testid="message-reactions"
      >
        <span className={messageStyles.bubbleReactionsPill}>
          {groups.map(({ value, names, isOwn }) => (
            <span key={value} className={classes(messageStyles.bubbleReaction, isOwn && messageStyles.bubbleReactionOwn)} data-testid="message-reaction">
              <Exact>{value}</Exact>
              {names.length > 1 && <span className={messageStyles.bubbleReactionCount} translate="no">{names.length}</span>}
            </span>
          ))}
        </span>
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
  const remove = () => {
    onClose();
    if (message !== null) react(message, null);
  };
  return (
    <Popover anchor={anchor} label={t("messages.reactions.title")} role="dialog" onClose={onClose}>
      <ul className={styles.reactors}>
        {groupReactions(bubble.reactions).flatMap(({ value, names }) =>
          names.map((name, index) => (
            <li key={`${value}${index}`}>
              <bdi translate="no">{name}</bdi>
              <Exact>{value}</Exact>
            </li>
          )),
        )}
      </ul>
      {canAct && message !== null && own !== undefined && (
        <button type="button" className={menuStyles.item} onClick={remove} data-testid="reaction-remove">
          {t("messages.reactions.remove", { emoji: own.value })}
        </button>
      )}
    </Popover>
  );
}
