-- Clear names that are none: phone numbers, addresses, blanks, punctuation, and the account's own name on a contact.
--
-- Until now any text was accepted as a name. The next event reports a cleared name again; until then the phone number
-- is shown. The removed characters are listed one by one: a name with a letter of any script stays.
create function pg_temp.one_line(told text) returns text language sql immutable as $$
    select btrim(regexp_replace(regexp_replace(told, '[\u202a-\u202e\u2066-\u2069]', '', 'g'),
                                '[\u0001-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+', ' ', 'g'),
                 E' \u00ad\u200b\u200c\u200e\u200f\u2060\ufeff\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\U0001d159')
$$;
create function pg_temp.is_name(line text) returns boolean language sql immutable as $$
    select line !~ concat('^[',
        '\u0001-\u0040\u005b-\u0060\u007b-\u00a5\u00a7\u00a8\u00ab-\u00ad\u00af\u00b1-\u00b4\u00b6-\u00b9\u00bb-\u00bf',
        '\u00d7\u00f7\u0300-\u036f\u061c\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\u0e50-\u0e59\u115f\u1160',
        '\u17b4\u17b5\u180b-\u180f\u2000-\u203b\u203d-\u2048\u204a-\u206f\u20e3\u2800\u3000-\u3003\u3008-\u3011\u3164',
        '\ufe00-\ufe0f\ufeff\uff01-\uff20\uffa0\ufffc\ufffd\U0001d159\U000e0001-\U000e007f\U000e0100-\U000e01ef', ']*$')
      and line !~ '^([Tt][Ee][Ll]:|([Hh][Tt][Tt][Pp][Ss]?://)?[Ww][Aa]\.[Mm][Ee]/|[☎☏📞📱 ]+)[+0-9 ().-]{7,}$'
      and line not in ('undefined', 'null')
      and line !~* '^[a-z0-9_.:+-]+@(s\.whatsapp\.net|c\.us|g\.us|lid|hosted|hosted\.lid|newsletter|broadcast|bot|call|msgr)$'
$$;
create function pg_temp.real_name(told text, own text) returns text language sql immutable as $$
    select line from (select pg_temp.one_line(told) as line) l
    where pg_temp.is_name(line) and lower(line) is distinct from lower(own)
$$;

create temporary table renamed_contact on commit drop as
    select k.id, k.account_id, pg_temp.real_name(k.name, a.name) as name
    from channels_contact k join channels_account a on a.id = k.account_id
    where k.name is not null and k.name is distinct from pg_temp.real_name(k.name, a.name);
update channels_contact k set name = r.name, named_at = case when r.name is null then '-infinity' else k.named_at end
    from renamed_contact r where k.id = r.id;

-- A group may be called "2026".
create temporary table renamed_chat on commit drop as
    select c.id, t.title
    from channels_chat c join channels_account a on a.id = c.account_id
    cross join lateral (select case when c.kind = 'direct' then pg_temp.real_name(c.title, a.name)
                        else nullif(pg_temp.one_line(c.title), '') end as title) t
    where c.title is not null and c.title is distinct from t.title;
update channels_chat c set title = r.title, titled_at = case when r.title is null then '-infinity' else c.titled_at end
    from renamed_chat r where c.id = r.id;

update channels_message m set sender = jsonb_set(m.sender, '{name}', coalesce(to_jsonb(n.name), 'null'))
    from channels_account a
    cross join lateral (select m2.id, pg_temp.real_name(m2.sender->>'name', a.name) as name
                        from channels_message m2 where m2.account_id = a.id and m2.direction = 'in'
                            and m2.sender->>'name' is not null) n
    where m.id = n.id and m.sender->>'name' is distinct from n.name;

-- Both changed visibly and take a seq, so that clients read them again.
create temporary table shown_chat on commit drop as
    select id from renamed_chat
    union
    select c.id from renamed_contact r
    join channels_contact_alias alias on alias.contact_id = r.id
    join channels_chat c on c.account_id = alias.account_id and c.address = alias.alias and c.kind = 'direct';
with counted as (
    select c.id, c.account_id, row_number() over (partition by c.account_id order by c.id) as n
    from shown_chat join channels_chat c using (id)
), numbered as (
    update channels_account a set seq = a.seq + total.n
    from (select account_id, count(*) as n from counted group by account_id) total
    where a.id = total.account_id
    returning a.id, a.seq - total.n as base
)
update channels_chat c set seq = numbered.base + counted.n, updated_at = now()
    from counted join numbered on numbered.id = counted.account_id where c.id = counted.id;
do $$ begin
    if exists (select from renamed_contact) then
        perform number_contacts((select array_agg(id) from renamed_contact));
    end if;
end $$;

drop function pg_temp.real_name(text, text), pg_temp.is_name(text), pg_temp.one_line(text);
