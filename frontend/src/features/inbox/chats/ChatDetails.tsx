/** The details of a chat: name, phone if known, picture; in a group all members. */
import { useQuery } from "@tanstack/react-query";
import { Dialog } from "@/components/Dialog";
import { ErrorState, Loading, Skeleton } from "@/components/States";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { firstShown } from "@/lib/texts";
import type { Chat, ChatKind, Sender } from "@/types/wire";
import { nameChat } from "./ChatRow";
import { ContactAvatar } from "./ContactAvatar";
import { ContactPrivacy } from "./ContactPrivacy";
import styles from "./details.module.css";

interface ChatDetailsProps {
  readonly chat: Chat;
  readonly onClose: () => void;
}

const TITLES: Record<ChatKind, string> = { direct: "Contact", group: "Group", channel: "Channel" };

export function ChatDetails({ chat, onClose }: ChatDetailsProps) {
  const api = useApi();
  const { data, error, refetch } = useQuery({
    queryKey: ["people", chat.account_id, chat.id],
    queryFn: ({ signal }) => api.listChatContacts(chat.account_id, chat.id, signal),
    // Read on every opening: group members change without a push.
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const isGroup = chat.kind !== "direct";
  return (
    <Dialog title={TITLES[chat.kind]} onClose={onClose}>
      <div className={styles.details} data-testid="chat-details">
        <Who chat={chat} isGroup={isGroup} />
        {error !== null ? (
          <ErrorState title="Details could not be loaded" message={describeError(error)} onRetry={() => void refetch()} />
        ) : data === undefined ? (
          <Waiting />
        ) : (
          <p className={styles.files}>{countFiles(data.files)}</p>
        )}
        {!isGroup && chat.contact && (
          <ContactPrivacy accountId={chat.account_id} contactId={chat.contact.id} name={nameChat(chat)} />
        )}
        {data !== undefined && chat.kind === "group" && <Members accountId={chat.account_id} contacts={data.items} />}
      </div>
    </Dialog>
  );
}

function Who({ chat, isGroup }: { readonly chat: Chat; readonly isGroup: boolean }) {
  const name = nameChat(chat);
  return (
    <>
      <ContactAvatar accountId={chat.account_id} name={name} avatar={chat.contact?.avatar} isGroup={isGroup} size="huge" />
      <p className={styles.name} translate="no">{name}</p>
      {!isGroup && <p className={styles.phone}>{chat.contact?.phone ?? "WhatsApp does not show the number"}</p>}
    </>
  );
}

function countFiles(files: number): string {
  if (files === 0) return "No media or files yet";
  return files === 1 ? "1 picture, recording or file" : `${files} pictures, recordings and files`;
}

function Waiting() {
  return (
    <Loading label="Loading details">
      <Skeleton className={styles.skeleton} />
    </Loading>
  );
}

interface MembersProps {
  readonly accountId: number;
  readonly contacts: readonly Sender[];
}

function Members({ accountId, contacts }: MembersProps) {
  return (
    <section className={styles.members} aria-label="Members">
      <h3>
        {`You and ${contacts.length} ${contacts.length === 1 ? "other" : "others"}`}
      </h3>
      <ul>
        {contacts.map((contact) => {
          const name = firstShown(contact.name, contact.phone) ?? "Unknown";
          return (
            <li key={contact.provider_id}>
              <ContactAvatar accountId={accountId} name={name} avatar={contact.avatar} size="small" />
              <span className={styles.member} translate="no">
                <span>{name}</span>
                {contact.name !== null && contact.phone !== null && <span>{contact.phone}</span>}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
