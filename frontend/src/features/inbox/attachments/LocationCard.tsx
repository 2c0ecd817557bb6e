/** A shared location with name, address and coordinates; a press opens a map, nothing is fetched from it before. */
import { Icon } from "@/components/Icon";
import { t } from "@/i18n/translate";
import type { GeoLocation } from "@/types/wire";
import { formatPosition, mapUrl } from "./attachments";
import { classes } from "@/components/classes";
import styles from "./attachments.module.css";

export function LocationCard({ location }: { readonly location: GeoLocation }) {
  const position = formatPosition(location);
  const name = location.name ?? location.address ?? t("messages.location");
  const address = location.name === null ? null : location.address;
  return (
    <a
      className={classes(styles.fileCard, styles.cardLink)}
      href={mapUrl(location)}
      target="_blank"
      rel="noreferrer noopener"
      data-testid="attachment-location"
    >
      <span className={styles.fileIcon}>
        <Icon name="place" />
      </span>
      <span className={styles.fileWords}>
        <span className={styles.fileName} data-testid="file-name" dir="auto">
          {name}
        </span>
        {address !== null && (
          <span className={classes(styles.fileNote, styles.cardAddress)} dir="auto">
            {address}
          </span>
        )}
        <span className={styles.fileNote}>{position}</span>
        <span className="visually-hidden">{t("messages.location.opens")}</span>
      </span>
      <Icon name="external" size={16} />
    </a>
  );
}
