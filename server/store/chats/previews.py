"""SQL for the last message in a list: its preview, and its parts for clients that word it themselves."""

from server.store.messages.contents import content_of, first_item

# A preview has the newest names of the contacts it mentions.
PREVIEW = """case when strpos(c.last_message_preview, '@') > 0
            then name_mentions(c.account_id, c.last_message_preview) else c.last_message_preview end"""
# `has_text`: the preview is the message's own text, or its caption. `sender` is
# who wrote in a group.
CONTENT = f"""
        case when last.id is not null then (select x from (select {content_of("last")},
            last.deleted_at is null and coalesce(last.body, '') <> '' as has_text,
            case when c.kind = 'group' and last.direction = 'in' then (
                select coalesce(k.name, last.sender->>'name', k.phone, last.sender->>'phone')
                from (select) here
                left join channels_contact_alias a
                    on a.account_id = c.account_id and a.alias = last.sender->>'provider_id'
                left join channels_contact k on k.id = a.contact_id limit 1) end as sender
            from {first_item("last")}) x) end"""
