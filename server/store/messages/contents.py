"""SQL for what a message is: its kind, and the name and length of its file, for clients that word it themselves."""


def first_item(message: str) -> str:
    """The first attachment, which decides the kind; null in a deleted message."""
    return f"(select case when {message}.deleted_at is null then {message}.attachments->0 end as item) first"


def content_of(message: str) -> str:
    """The columns of that, beside `first_item`."""
    return f"""
            case when {message}.deleted_at is not null then 'deleted'
                when item is null then case when coalesce({message}.body, '') = '' then 'unsupported' else 'text' end
                when item->>'sticker' = 'true' then 'sticker'
                when item->>'voice_note' = 'true' then 'voice'
                when item->>'type' = 'img' then 'photo'
                when item->>'type' in ('video', 'audio', 'location', 'contact') then item->>'type'
                else 'file' end as kind,
            coalesce(item->'location'->>'name', item->'contacts'->0->>'name', item->>'file_name') as name,
            item->'duration' as duration"""
