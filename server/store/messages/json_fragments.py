"""SQL for the contacts in a message: sender, quoted sender, reactors and mentions, by their newest names."""

# The quoted message is looked up when the reply is shown, because it may be stored later than the reply.
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
# The contacts that the text mentions: `@` and the digits of one of their ids.
MENTIONS = (
    """case when strpos(m.body, '@') > 0 then list_mentions(m.account_id, m.body) else '[]'::json end"""
)
# The sender has the contact's newest name, so that no row is rewritten when the name changes.
SENDER = """
    case when m.sender is not null then m.sender || coalesce(
        case when m.direction = 'in' then (
            select jsonb_build_object('name', coalesce(k.name, m.sender->>'name'),
                'phone', coalesce(k.phone, m.sender->>'phone'), 'avatar', k.avatar)
            from channels_contact_alias a join channels_contact k on k.id = a.contact_id
            where a.account_id = m.account_id and a.alias = m.sender->>'provider_id') end,
        jsonb_build_object('avatar', null)) end"""
# One reaction per contact: reactions by LID and by phone number, stored before both were known to be one, count once.
REACTIONS = """
    case when m.reactions = '[]' then m.reactions else (
        select jsonb_agg(jsonb_set(one.item, array['sender', 'name'], coalesce(to_jsonb(one.name), 'null'))
                         order by one.n)
        from (select distinct on (one.item->>'is_own', coalesce('#' || k.id, one.item->'sender'->>'provider_id'))
                  one.item, one.n, coalesce(k.name, one.item->'sender'->>'name') as name
              from jsonb_array_elements(m.reactions) with ordinality as one (item, n)
              left join channels_contact_alias a
                  on a.account_id = m.account_id and a.alias = one.item->'sender'->>'provider_id'
              left join channels_contact k on k.id = a.contact_id
              order by one.item->>'is_own', coalesce('#' || k.id, one.item->'sender'->>'provider_id'),
                  one.n desc) one) end"""
