/** The menu of one row, at its button or at the pointer. */
import { useState } from "react";
import { Popover } from "@/components/Popover";
import { t } from "@/i18n/translate";
import { isolate } from "@/lib/texts";
import type { Chat } from "@/types/wire";
import type { ChatAction } from "@/features/inbox/chats/actions/chatActions";
import type { MenuPlace } from "@/features/inbox/chats/ChatRow";
import { nameChat } from "@/features/inbox/chats/nameChat";
import { OrganiseItems } from "@/features/inbox/selection/OrganiseItems";
import { StatusMenuItems } from "@/features/inbox/status/StatusMenuItems";
import { ChatMenuItems } from "./ChatMenuItems";
import { RowStateItems } from "./RowStateItems";
import styles from "@/features/inbox/chats/chat-list.module.css";

interface RowMenuProps {
  readonly chat: Chat;
  readonly place: MenuPlace;
  readonly isOpen: boolean;
  readonly onChoose: (action: ChatAction) => void;
  readonly onClose: () => void;
}

export function RowMenu({ place, ...rest }: RowMenuProps) {
  const [point, setPoint] = useState<HTMLElement | null>(null);
  if (place instanceof HTMLElement) return <Menu anchor={place} {...rest} />;
  return (
    <>
      <span ref={setPoint} className={styles.point} style={{ left: place.x, top: place.y }} />
      {point !== null && <Menu anchor={point} {...rest} />}
    </>
  );
}

function Menu({ chat, anchor, isOpen, onChoose, onClose }: Omit<RowMenuProps, "place"> & { readonly anchor: HTMLElement }) {
  const choose = (action: ChatAction) => {
    onClose();
    onChoose(action);
  };
  return (
    <Popover anchor={anchor} label={t("chats.menu", { name: isolate(nameChat(chat)) })} onClose={onClose}>
      <RowStateItems chat={chat} onClose={onClose} />
      <StatusMenuItems chat={chat} onChoose={onClose} />
      <ChatMenuItems chat={chat} isOpen={isOpen} onChoose={choose} />
      <OrganiseItems chat={chat} onClose={onClose} />
    </Popover>
  );
}
