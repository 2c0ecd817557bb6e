"""People as messages show them: who wrote, was quoted or reacted, by the newest name of their contact."""

# The message that was answered is looked up when it is shown: it may be stored later than its answer.
QUOTED = """
    case when m.quoted is not null then (
        select jsonb_build_object(
            'message_id', q.id, 'provider_msg_id', w.provider_msg_id, 'sender_id', w.sender_id,
            'name', k.name, 'direction', q.direction, 'body', case when strpos(w.body, '@') > 0
                then name_mentions(m.account_id, w.body) else w.body end)
        from jsonb_to_record(m.quoted) as w (provider_msg_id text, sender_id text, body text)
        left join channels_message q on q.account_id = m.account_id and q.provider_msg_id = w.provider_msg_id
        left join channels_contact_alias a on a.account_id = m.account_id and a.alias = w.sender_id
        left join channels_contact k on k.id = a.contact_id) end"""
# People whom the text names, `@` and the digits of one of their ids: those who are contacts here.
MENTIONS = (
    """case when strpos(m.body, '@') > 0 then list_mentions(m.account_id, m.body) else '[]'::json end"""
)
# Who wrote goes by their newest name, whatever they were called then: nothing is rewritten when it changes.
SENDER = """
    case when m.sender is not null then m.sender || coalesce(
        case when m.direction = 'in' then (
            select jsonb_build_object('name', coalesce(k.name, m.sender->>'name'),
                'phone', coalesce(k.phone, m.sender->>'phone'), 'avatar', k.avatar)
            from channels_contact_alias a join channels_contact k on k.id = a.contact_id
            where a.account_id = m.account_id and a.alias = m.sender->>'provider_id') end,
        jsonb_build_object('avatar', null)) end"""
# One reaction a person: who reacted as LID and as number, before both were known to be one, counts once.
REACTIONS = """
    case when m.reactions = '[]' then m.reactions else (
        select jsonb_agg(jsonb_set(one.item, array['sender', 'name'], coalesce(to_jsonb(one.name), 'null'))
                         order by one.place)
        from (select distinct on (one.item->>'is_own', coalesce('#' || k.id, one.item->'sender'->>'provider_id'))
                  one.item, one.place, coalesce(k.name, one.item->'sender'->>'name') as name
              from jsonb_array_elements(m.reactions) with ordinality as one (item, place)
              left join channels_contact_alias a
                  on a.account_id = m.account_id and a.alias = one.item->'sender'->>'provider_id'
              left join channels_contact k on k.id = a.contact_id
              order by one.item->>'is_own', coalesce('#' || k.id, one.item->'sender'->>'provider_id'),
                  one.place desc) one) end"""
