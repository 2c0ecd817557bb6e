/** Adds a label to a chat or removes it: at once, reported with an undo, and reverted if the server refuses. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useToasts } from "@/components/Toast";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { isolate } from "@/lib/texts";
import type { Chat, Label } from "@/types/wire";
import { useInbox } from "@/features/inbox/context";
import { refreshLabels, setPrivateLabels } from "./labelQueries";
import { useLabels } from "./labelsContext";
import { withLabel } from "./withLabel";

export type SetLabel = (chat: Chat, label: Label, isOn: boolean) => void;

/** The request, with what is shown until its answer. */
function useRequest() {
  const api = useApi();
  const client = useQueryClient();
  const { store } = useInbox();
  const { privateOf } = useLabels();
  return async (chat: Chat, label: Label, isOn: boolean) => {
    if (label.shared) {
      const request = async () => (await api.labelChat(chat, label.id, isOn)).chat;
      await store.changeChat(chat.id, { labels: withLabel(chat.labels, label.id, isOn) }, request);
      return;
    }
    const row = { account_id: chat.account_id, chat_id: chat.id };
    setPrivateLabels(client, { ...row, labels: withLabel(privateOf.get(chat.id) ?? [], label.id, isOn) });
    const { private_labels } = await api.labelChat(chat, label.id, isOn);
    setPrivateLabels(client, { ...row, labels: private_labels });
  };
}

export function useSetLabel(): SetLabel {
  const request = useRequest();
  const toasts = useToasts();
  const client = useQueryClient();
  const change = (chat: Chat, label: Label, isOn: boolean, onFailure: () => void = () => undefined) => {
    request(chat, label, isOn).catch((error: unknown) => {
      onFailure();
      refreshLabels(client);
      toasts.show({ text: describeError(error) });
    });
  };
  return (chat, label, isOn) => {
    const text = t(isOn ? "labels.done.added" : "labels.done.removed", { name: isolate(label.name) });
    const after = { ...chat, labels: label.shared ? withLabel(chat.labels, label.id, isOn) : chat.labels };
    const withdraw = toasts.show({ text, action: { label: t("app.undo"), run: () => change(after, label, !isOn) } });
    change(chat, label, isOn, withdraw);
  };
}

/** Creates a label and returns it; null, after saying why, where that failed. */
export function useCreateLabel() {
  const api = useApi();
  const client = useQueryClient();
  const toasts = useToasts();
  return useCallback(
    async (body: Pick<Label, "name" | "colour" | "shared">): Promise<Label | null> => {
      try {
        const label = await api.createLabel(body);
        refreshLabels(client);
        return label;
      } catch (error) {
        toasts.show({ text: describeError(error) });
        return null;
      }
    },
    [api, client, toasts],
  );
}
