/** Whether the composer writes to the contact or to the team. */
import { Segment, Segments } from "@/components/Segments";
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import styles from "./note-form.module.css";

interface WritingModesProps {
  readonly isNote: boolean;
  readonly onChoose: (isNote: boolean) => void;
}

export function WritingModes({ isNote, onChoose }: WritingModesProps) {
  return (
    <Segments role="tablist" label={t("notes.modes.label")} className={styles.modes}>
      <Segment role="tab" isChosen={!isNote} onClick={() => onChoose(false)} data-testid="mode-reply">
        <Icon name="reply" size={15} />
        <Text>{t("notes.modes.reply")}</Text>
      </Segment>
      <Segment role="tab" isChosen={isNote} onClick={() => onChoose(true)} data-testid="mode-note">
        <Icon name="note" size={15} />
        <Text>{t("notes.modes.note")}</Text>
      </Segment>
    </Segments>
  );
}
