/** Finds a canned reply by name, shortcut or text, fills in what is missing, and hands its text and files to the composer. */
import { useQueryClient } from "@tanstack/react-query";
import { Command } from "cmdk";
import { useState } from "react";
import { useNavigate } from "@/lib/navigation";
import { Icon } from "@/components/Icon";
import { Loading, Skeleton } from "@/components/States";
import { PaletteBox, PaletteNote } from "@/components/palette/PaletteBox";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { rank } from "@/lib/commands/rank";
import { isolate } from "@/lib/texts";
import type { CannedReply } from "@/types/wire";
import { FillForm } from "./FillForm";
import { REPLIES_KEY, useReplies } from "@/lib/replies/queries";
import { useValues } from "./useValues";
import { missingIn, resolve, type Values } from "@/lib/replies/variables";
import styles from "./reply-picker.module.css";

interface ReplyPickerProps {
  readonly accountId: number;
  readonly chatId: number;
  readonly onInsert: (text: string, files: readonly File[]) => void;
  readonly onProblem: (sentence: string) => void;
  readonly onClose: () => void;
}

/** Counts the use, loads the files, and inserts. A file that cannot be loaded is reported, and the text is inserted. */
function useInsert({ onInsert, onProblem, onClose }: ReplyPickerProps) {
  const api = useApi();
  const client = useQueryClient();
  const load = async ({ id, files }: CannedReply) =>
    Promise.all(files.map(async (file) => new File([await api.fetchReplyFile(id, file.id)], file.file_name ?? "file", { type: file.mimetype ?? "" })));
  return async (reply: CannedReply, values: Values) => {
    onClose();
    // Only for the order of the list, and how often it says a reply was used.
    void api.useReply(reply.id).then(() => client.invalidateQueries({ queryKey: REPLIES_KEY }), () => undefined);
    const text = resolve(reply.text, values);
    try {
      onInsert(text, await load(reply));
    } catch (error) {
      onInsert(text, []);
      onProblem(describeError(error));
    }
  };
}

export function ReplyPicker(props: ReplyPickerProps) {
  const values = useValues(props.accountId, props.chatId);
  const [chosen, setChosen] = useState<CannedReply | null>(null);
  const insert = useInsert(props);
  const choose = (reply: CannedReply) => {
    if (missingIn(reply.text, values).length === 0) void insert(reply, values);
    else setChosen(reply);
  };
  if (chosen === null) return <Choice values={values} onChoose={choose} onClose={props.onClose} />;
  return <FillForm reply={chosen} values={values} onFilled={(filled) => void insert(chosen, filled)} onClose={props.onClose} />;
}

interface ChoiceProps {
  readonly values: Values;
  readonly onChoose: (reply: CannedReply) => void;
  readonly onClose: () => void;
}

function Choice({ values, onChoose, onClose }: ChoiceProps) {
  const [text, setText] = useState("");
  const replies = useReplies();
  const navigate = useNavigate();
  const typed = text.replace(/^\/+/u, "");
  const noMatch = t("replies.picker.noMatch", { text: isolate(typed.trim()) });
  return (
    <PaletteBox
      label={t("replies.picker.label")}
      placeholder={t("replies.picker.placeholder")}
      text={text}
      onChange={setText}
      filter={(value, words, keywords) => (words.replace(/^\/+/u, "").trim() === "" ? 1 : rank(value, words, keywords))}
      empty={replies.isError ? describeError(replies.error) : noMatch}
      isLoading={replies.isFetching}
      onClose={onClose}
    >
      <>
        {replies.data === undefined && !replies.isError && (
          <Loading label={t("replies.loading")}>
            <Skeleton className={styles.skeleton} />
          </Loading>
        )}
        {replies.data?.length === 0 && typed.trim() === "" && <PaletteNote>{t("replies.picker.none")}</PaletteNote>}
        {(replies.data ?? []).map((reply) => (
          <ReplyItem key={reply.id} reply={reply} values={values} onChoose={onChoose} />
        ))}
        <Command.Item className={styles.item} value="manage" keywords={[t("replies.picker.manage")]} onSelect={() => navigate("/settings/replies")}>
          <span className={styles.manage}>
            <Icon name="settings" />
            <Text>{t("replies.picker.manage")}</Text>
          </span>
        </Command.Item>
      </>
    </PaletteBox>
  );
}

interface ReplyItemProps {
  readonly reply: CannedReply;
  readonly values: Values;
  readonly onChoose: (reply: CannedReply) => void;
}

/** With a preview of what would be inserted. */
function ReplyItem({ reply, values, onChoose }: ReplyItemProps) {
  const { id, name, shortcut, text, files } = reply;
  const keywords = [name, shortcut ?? "", text];
  const count = files.length === 0 ? "" : t("replies.files", { count: files.length });
  return (
    <Command.Item className={styles.item} value={`reply.${id}`} keywords={keywords} onSelect={() => onChoose(reply)} data-testid="reply-option">
      <span className={styles.head}>
        <bdi className={styles.name} translate="no">{name}</bdi>
        {shortcut !== null && <span className={styles.shortcut} translate="no">{`/${shortcut}`}</span>}
      </span>
      {text !== "" && <span className={styles.preview} dir="auto"><Text>{resolve(text, values)}</Text></span>}
      {count !== "" && <span className={styles.shortcut}>{count}</span>}
    </Command.Item>
  );
}
