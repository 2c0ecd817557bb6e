/** A place: its name, its address and where it is; a press opens a map, from which nothing is fetched before. */
import { Icon } from "@/components/Icon";
import type { Place } from "@/types/wire";
import { formatPlace, mapUrl } from "./attachments";

export function PlaceCard({ place }: { readonly place: Place }) {
  const position = formatPlace(place);
  const name = place.name ?? place.address ?? "Location";
  const address = place.name === null ? null : place.address;
  return (
    <a
      className="file-card card-link"
      href={mapUrl(place)}
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
