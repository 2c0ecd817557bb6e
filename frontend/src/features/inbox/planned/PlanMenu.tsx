/** The arrow beside Send: what is written is sent at a time instead. */
import { MenuButton, MenuItem, MenuLine } from "@/components/Menu";
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";
import { formatExact } from "@/lib/time";
import { offeredTimes, type Offer } from "./times";

const LABELS: Readonly<Record<Offer, MessageId>> = { later: "planned.later", tomorrow: "planned.tomorrow", monday: "planned.monday" };

interface PlanMenuProps {
  readonly onChoose: (at: Date) => void;
  /** Opens the dialog for another time. */
  readonly onOwn: (proposed: Date) => void;
}

export function PlanMenu({ onChoose, onOwn }: PlanMenuProps) {
  return (
    <MenuButton label={t("planned.menu")} icon="up" testId="plan-menu">
      {(close) => (
        <Offers
          onChoose={(at) => {
            close();
            onChoose(at);
          }}
          onOwn={(at) => {
            close();
            onOwn(at);
          }}
        />
      )}
    </MenuButton>
  );
}

function Offers({ onChoose, onOwn }: PlanMenuProps) {
  const offers = offeredTimes(new Date());
  return (
    <>
      {offers.map(([offer, at]) => (
        <MenuItem key={offer} icon="history" detail={formatExact(at.toISOString())} onSelect={() => onChoose(at)} testId={`plan-${offer}`}>
          {t(LABELS[offer])}
        </MenuItem>
      ))}
      <MenuLine />
      <MenuItem icon="edit" onSelect={() => onOwn(offers[0]?.[1] ?? new Date())} testId="plan-own">{t("planned.own")}</MenuItem>
    </>
  );
}
