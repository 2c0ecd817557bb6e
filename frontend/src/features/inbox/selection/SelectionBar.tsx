/** What can be done with the selected chats. */
import { useState } from "react";
import { IconButton, Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { LoadingDialog } from "@/components/LoadingDialog";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { lazyPart } from "@/lib/lazyPart";
import type { Chat } from "@/types/wire";
import { useNeedsCategory } from "@/features/inbox/status/dialogs/categories";
import type { ChoiceKind } from "@/features/inbox/status/dialogs/ChoiceDialog";
import { archive, close, forAll, open, read, unarchive, unread, type BulkAction } from "./bulkActions";
import { SelectionCommands } from "./SelectionCommands";
import { useOrganising, usePicked, useSelection } from "./selectionContext";
import { useBulk } from "./useBulk";
import styles from "./selection-bar.module.css";

const ChoiceDialog = lazyPart(async () => (await import("@/features/inbox/status/dialogs/ChoiceDialog")).ChoiceDialog, { Waiting: LoadingDialog });

export function SelectionBar() {
  const picked = usePicked();
  const selection = useSelection();
  const bulk = useBulk();
  const [asked, ask] = useState<ChoiceKind | null>(null);
  const chats = [...picked.values()];
  const needsCategory = useNeedsCategory(chats);
  const run = (action: BulkAction) => {
    if (action === close && needsCategory) {
      ask("category");
      return;
    }
    bulk(chats, action);
    selection.clear();
  };
  return (
    <section className={styles.bar} aria-label={t("selection.actions")} data-selection-bar data-testid="selection-bar">
      <SelectionCommands onRun={run} onAsk={ask} />
      <p className={styles.count} role="status">
        <Text>{t("selection.count", { count: chats.length })}</Text>
      </p>
      <Button size="small" tone="quiet" onClick={() => selection.selectAll()} data-testid="selection-all">
        {t("selection.all")}
      </Button>
      <IconButton label={t("selection.end")} keys="Esc" side="above" onClick={() => selection.clear()} data-testid="selection-end">
        <Icon name="close" />
      </IconButton>
      <Actions chats={chats} onRun={run} onAsk={ask} />
      {asked !== null && <ChoiceDialog kind={asked} chats={chats} onChoose={(choice) => run(forAll(choice))} onClose={() => ask(null)} />}
    </section>
  );
}

interface RunProps {
  readonly chats: readonly Chat[];
  readonly onRun: (action: BulkAction) => void;
}

function Actions({ onAsk, ...props }: RunProps & { readonly onAsk: (kind: ChoiceKind) => void }) {
  const organising = useOrganising();
  const { chats, onRun } = props;
  const isClosed = chats.every((chat) => chat.status === "closed");
  return (
    <div className={styles.actions} role="group" aria-label={t("selection.actions")}>
      <Action icon="label" label={t("selection.label")} keys="L" onPress={() => organising?.pickLabels(chats)} />
      <Action icon="person" label={t("selection.assign")} keys="A" onPress={() => onAsk("assign")} />
      <Action icon="snooze" label={t("selection.snooze")} keys="H" onPress={() => onAsk("snooze")} />
      <Action icon={isClosed ? "inbox" : "check"} label={t(isClosed ? "selection.open" : "selection.close")} keys="E" onPress={() => onRun(isClosed ? open : close)} />
      <FlagActions {...props} />
    </div>
  );
}

interface ActionProps {
  readonly icon: Parameters<typeof Icon>[0]["name"];
  readonly label: string;
  readonly keys: string;
  readonly onPress: () => void;
}

function Action({ icon, label, keys, onPress }: ActionProps) {
  return (
    <IconButton label={label} keys={keys} side="above" onClick={onPress} data-testid={`selection-${icon}`}>
      <Icon name={icon} />
    </IconButton>
  );
}

function FlagActions({ chats, onRun }: RunProps) {
  const isUnread = chats.some((chat) => chat.unread_count > 0);
  const isArchived = chats.every((chat) => chat.archived);
  return (
    <>
      <Action icon={isUnread ? "read" : "unread"} label={t(isUnread ? "selection.read" : "selection.unread")} keys="U" onPress={() => onRun(isUnread ? read : unread)} />
      <Action icon={isArchived ? "unarchive" : "archive"} label={t(isArchived ? "selection.unarchive" : "selection.archive")} keys="Y" onPress={() => onRun(isArchived ? unarchive : archive)} />
    </>
  );
}
