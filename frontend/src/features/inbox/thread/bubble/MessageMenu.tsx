/** The menu of a message: opened by its button, the keyboard, or a long press on a touch screen. */
import { MenuItem } from "@/components/Menu";
import { Popover } from "@/components/Popover";
import { t } from "@/i18n/translate";
import type { Message } from "@/types/wire";
import { canAnswer, canDelete, canEdit } from "./allowed";
import { isSameEmoji } from "./amendments";
import { shownBody } from "./mentions";
import { useThreadActions } from "@/features/inbox/thread/threadContext";
import styles from "./reactions.module.css";

const QUICK = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

interface MessageMenuProps {
  readonly message: Message;
  readonly anchor: HTMLElement;
  readonly onInfo: () => void;
  readonly onClose: () => void;
}

/** Whether the menu has any item: a failed image has neither text nor an id at WhatsApp. */
export const offers = (message: Message): boolean => (message.body ?? "") !== "" || canAnswer(message);

export function MessageMenu({ message, anchor, onInfo, onClose }: MessageMenuProps) {
  const actions = useThreadActions();
  const choose = (action: () => void) => () => {
    onClose();
    action();
  };
  const isOpen = actions.canAct && canAnswer(message);
  const body = shownBody(message);
  return (
    <Popover anchor={anchor} label={t("messages.menu.title")} onClose={onClose}>
      {isOpen && <QuickReactions message={message} onClose={onClose} />}
      {isOpen && (
        <MenuItem icon="reply" onSelect={choose(() => actions.reply(message))} testId="message-reply">
          {t("messages.menu.reply")}
        </MenuItem>
      )}
      {body !== "" && (
        <MenuItem icon="copy" onSelect={choose(() => actions.copy(body))} testId="message-copy">
          {t("messages.menu.copy")}
        </MenuItem>
      )}
      {actions.canAct && canEdit(message) && (
        <MenuItem icon="edit" onSelect={choose(() => actions.edit(message))} testId="message-edit">
          {t("messages.menu.edit")}
        </MenuItem>
      )}
      <MenuItem icon="info" onSelect={choose(onInfo)} testId="message-details">
        {t("messages.menu.info")}
      </MenuItem>
      {actions.canAct && canDelete(message) && (
        <MenuItem icon="trash" tone="danger" onSelect={choose(() => actions.askDelete(message))} testId="message-delete">
          {t("messages.menu.delete")}
        </MenuItem>
      )}
    </Popover>
  );
}

function QuickReactions({ message, onClose }: Pick<MessageMenuProps, "message" | "onClose">) {
  const { react } = useThreadActions();
  const own = message.reactions.find((reaction) => reaction.is_own)?.value;
  const values = own === undefined || QUICK.some((value) => isSameEmoji(value, own)) ? QUICK : [...QUICK, own];
  return (
    <div className={styles.quick} role="group" aria-label={t("messages.menu.react")}>
      {values.map((value) => {
        const isOwn = own !== undefined && isSameEmoji(own, value);
        return (
          <button
            key={value}
            type="button"
            role="menuitemradio"
            aria-checked={isOwn}
            aria-label={t(isOwn ? "messages.reactions.remove" : "messages.menu.reactWith", { emoji: value })}
            tabIndex={-1}
            className={styles.quickEmoji}
            onClick={() => {
              onClose();
              react(message, isOwn ? null : value);
            }}
            data-testid="message-react"
            data-value={value}
          >
            {value}
          </button>
        );
      })}
    </div>
  );
}
