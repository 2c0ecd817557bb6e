/** The commands of the inbox: those of the list, the next unread chat, and those of the focused or open chat. */
import { useLocation, useNavigate } from "@/lib/navigation";
import { useToasts } from "@/components/Toast";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { useMappedCommand } from "@/lib/commands/useMappedCommand";
import { lazyPart } from "@/lib/lazyPart";
import { useCan } from "@/lib/rights";
import type { Account, Chat } from "@/types/wire";
import { ChatCommands, OpenChatCommands } from "@/features/inbox/chats/actions/ChatCommands";
import { nextUnread } from "@/features/inbox/chats/actions/nextUnread";
import { useChangeList, useListQuery } from "@/features/inbox/chats/query/useListQuery";
import { SelectCommand } from "@/features/inbox/selection/SelectCommand";
import { useIsSelecting } from "@/features/inbox/selection/selectionContext";
import { useFocusedId } from "./focusedId";
import type { useChatList } from "./queries";

interface InboxCommandsProps {
  readonly accounts: readonly Account[];
  /** The accounts whose chats are listed. */
  readonly shown: readonly number[];
  readonly list: ReturnType<typeof useChatList>;
  readonly accountId: number | null;
  readonly chatId: number | null;
}

const ListCommands = lazyPart(async () => (await import("./ListCommands")).ListCommands, { isExtra: true });

export function InboxCommands({ accounts, shown, list, accountId, chatId }: InboxCommandsProps) {
  const focusedId = useFocusedId("chat");
  useNextUnread(list.chats ?? [], shown, focusedId ?? chatId);
  return (
    <>
      <ViewCommands />
      <ListCommands accounts={accounts} />
      <TargetCommands accounts={accounts} list={list} focusedId={focusedId} accountId={accountId} chatId={chatId} />
    </>
  );
}

/** These have keys, which have to work at once. */
function ViewCommands() {
  const change = useChangeList(true);
  const { sort, isRestricted } = useListQuery();
  const hasOthers = { isEnabled: !isRestricted };
  useMappedCommand("list.mine", () => change({ view: "mine" }));
  useMappedCommand("list.unassigned", () => change({ view: "unassigned" }), hasOthers);
  useMappedCommand("list.all", () => change({ view: "all" }), hasOthers);
  useMappedCommand("list.waiting", () => change({ sort: sort === "waiting" ? "recent" : "waiting" }));
  useMappedCommand("list.due", () => change({ sort: sort === "due" ? "recent" : "due" }));
  return null;
}

interface TargetProps extends Omit<InboxCommandsProps, "shown"> {
  readonly focusedId: number | null;
}

function TargetCommands({ accounts, list, focusedId, accountId, chatId }: TargetProps) {
  const can = useCan();
  const maySend = (id: number) => can("send", accounts.find((account) => account.id === id));
  const focused = focusedId === null ? undefined : list.known.get(focusedId);
  const isSelecting = useIsSelecting();
  if (focused !== undefined && (isSelecting || focused.id !== chatId)) return maySend(focused.account_id) && <RowCommands chat={focused} />;
  if (isSelecting || accountId === null || chatId === null) return null;
  return maySend(accountId) && <OpenChatCommands accountId={accountId} chatId={chatId} listed={list.known.get(chatId)} />;
}

/** While chats are selected the keys are for those; only X is for the row. */
function RowCommands({ chat }: { readonly chat: Chat }) {
  return useIsSelecting() ? <SelectCommand chat={chat} /> : <ChatCommands chat={chat} />;
}

function useNextUnread(chats: readonly Chat[], shown: readonly number[], currentId: number | null): void {
  const api = useApi();
  const toasts = useToasts();
  const navigate = useNavigate();
  const { search } = useLocation();
  /** Beyond the loaded rows. */
  const findMore = async (): Promise<Chat | undefined> => {
    const pages = await Promise.all(shown.map((id) => api.listChats(id, { cursor: null, limit: 2, wanted: { filter: "unread" } })));
    return nextUnread(pages.flatMap((page) => page.items), currentId);
  };
  const open = async () => {
    const next = nextUnread(chats, currentId) ?? (await findMore());
    if (next === undefined) toasts.show({ text: t("commands.done.noUnread") });
    else navigate(`/inbox/${next.account_id}/${next.id}${search}`);
  };
  useMappedCommand("list.nextUnread", () => void open().catch((error: unknown) => toasts.show({ text: describeError(error) })));
}
