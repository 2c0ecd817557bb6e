/** A shared location with name, address and coordinates; a press opens a map, nothing is fetched from it before. */
import { Icon } from "@/components/Icon";
import type { GeoLocation } from "@/types/wire";
import { formatPosition, mapUrl } from "./attachments";

export function LocationCard({ location }: { readonly location: GeoLocation }) {
  const position = formatPosition(location);
  const name = location.name ?? location.address ?? "Location";
  const address = location.name === null ? null : location.address;
  return (
    <a
      className="file-card card-link"
      href={mapUrl(location)}
      target="_blank"
      rel="noreferrer noopener"
      data-testid="attachment-location"
    >
      <span className="file-icon">
        <Icon name="place" />
      </span>
      <span className="file-words">
        <span className="file-name" dir="auto">
          {name}
        </span>
        {address !== null && (
          <span className="file-note card-address" dir="auto">
            {address}
          </span>
        )}
        <span className="file-note">{position}</span>
        <span className="visually-hidden">, opens a map in a new tab</span>
      </span>
      <Icon name="external" size={16} />
    </a>
  );
}
