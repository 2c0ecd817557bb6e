/** Closes the open chat when it is the user's no more. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useLocation, useNavigate } from "@/lib/navigation";
import { useToasts } from "@/components/Toast";
import { dropChat } from "@/features/inbox/data/dropErased";
import { t } from "@/i18n/translate";
import { useFirstApi } from "@/lib/api/context";
import { ApiError } from "@/lib/api/errors";
import { useFeedListener } from "@/lib/socket/context";

export function useTakenAway(accountId: number | null, openId: number | null): void {
  const api = useFirstApi();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { search } = useLocation();
  const toasts = useToasts();
  const taken = useRef<number | null>(null);
  const close = (chatId: number) => {
    if (taken.current === chatId) return;
    taken.current = chatId;
    toasts.show({ text: t("chats.takenAway") });
    navigate({ pathname: "/inbox", search }, { replace: true });
  };
  useFeedListener({
    onChange: ({ event, data }) => {
      if (event === "chat:hidden" && data.id === openId) close(data.id);
    },
    // What the user may see follows other rules: whether this chat is among it, the server says.
    onReset: (resetId) => {
      if (resetId !== accountId || openId === null) return;
      api.fetchChat(accountId, openId).catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 404) close(openId);
      });
    },
  });
  // While it was shown, its queries were in use.
  useEffect(() => {
    if (taken.current === null || taken.current === openId) return;
    dropChat(client, taken.current);
    taken.current = null;
  }, [client, openId]);
}
