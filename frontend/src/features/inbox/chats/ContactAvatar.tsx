/** A contact's picture, loaded once with the user's token; initials until it is there. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Avatar, type AvatarSize } from "@/components/Avatar";
import { useApi } from "@/lib/api/context";
import { useBlobUrl, useNear } from "@/features/inbox/attachments/media";

const CACHE_MS = 30 * 60_000;

interface ContactAvatarProps {
  readonly accountId: number;
  readonly name: string;
  /** The picture's content hash: the same name always means the same bytes. */
  readonly avatar: string | null | undefined;
  readonly isGroup?: boolean;
  readonly size?: AvatarSize;
}

export function ContactAvatar({ accountId, name, avatar, isGroup = false, size = "medium" }: ContactAvatarProps) {
  if (avatar === null || avatar === undefined) return <Avatar name={name} isGroup={isGroup} size={size} />;
  return <Pictured key={avatar} accountId={accountId} name={name} avatar={avatar} size={size} />;
}

interface PicturedProps {
  readonly accountId: number;
  readonly name: string;
  readonly avatar: string;
  readonly size: AvatarSize;
}

function Pictured({ accountId, name, avatar, size }: PicturedProps) {
  const api = useApi();
  const [ref, isNear] = useNear<HTMLSpanElement>();
  const [isBroken, setBroken] = useState(false);
  const { data } = useQuery({
    queryKey: ["avatar", accountId, avatar],
    queryFn: ({ signal }) => api.fetchAvatar(accountId, avatar, signal),
    enabled: isNear,
    staleTime: Infinity,
    gcTime: CACHE_MS,
    retry: 1,
    structuralSharing: false,
  });
  const url = useBlobUrl(data);
  return <Avatar ref={ref} name={name} size={size} picture={isBroken ? null : url} onBroken={() => setBroken(true)} />;
}
