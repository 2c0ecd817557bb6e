"""SQL for the contacts in a message: sender, quoted sender, reactors and mentions, by their newest names."""

from server.store.messages.contents import content_of, first_item

# The quoted message is looked up when the reply is shown, because it may be stored later than the reply.
QUOTED = f"""
    case when m.quoted is not null then (
        select x from (select
            q.id as message_id, w.provider_msg_id, w.sender_id, k.name, q.direction,
            case when strpos(w.body, '@') > 0 then name_mentions(m.account_id, w.body) else w.body end as body,
            case when q.id is not null then (
                select y from (select {content_of("q")} from {first_item("q")}) y) end as content
        from jsonb_to_record(m.quoted) as w (provider_msg_id text, sender_id text, body text)
        left join channels_message q on q.account_id = m.account_id and q.provider_msg_id = w.provider_msg_id
        left join channels_contact_alias a on a.account_id = m.account_id and a.alias = w.sender_id
        left join channels_contact k on k.id = a.contact_id) x) end"""
# The contacts that the text mentions: `@` and the digits of one of their ids.
MENTIONS = (
    """case when strpos(m.body, '@') > 0 then list_mentions(m.account_id, m.body) else '[]'::json end"""
)
# The sender has the contact's newest name, so that no row is rewritten when the name changes.
SENDER = """
    case when m.sender is not null then (
        select x from (select
            m.sender->>'provider_id' as provider_id, coalesce(k.name, m.sender->>'name') as name,
            coalesce(k.phone, m.sender->>'phone') as phone, k.avatar
        from (select) here
        left join channels_contact_alias a on m.direction = 'in'
            and a.account_id = m.account_id and a.alias = m.sender->>'provider_id'
        left join channels_contact k on k.id = a.contact_id) x) end"""
# Who wrote an outgoing message, by their newest name; null if it is not known.
AUTHOR = """
    case when m.author_kind is not null then (
        select x from (select m.author_kind as kind, nullif(m.author_id, 0) as id, case m.author_kind
            when 'user' then (select u.name from users u where u.id = m.author_id)
            when 'api_key' then (select k.name from api_key k where k.id = m.author_id)
            when 'rule' then (select r.name from rule r where r.id = m.author_id) end as name) x) end"""
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
