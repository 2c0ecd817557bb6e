-- Folded names for searches, by server/text/fold.py like messages and queries. The task that writes the search index
-- fills them; a name that changes is folded again.
alter table channels_contact add column folded text;
alter table channels_chat add column folded text; -- of the title

create function forget_folded() returns trigger language plpgsql as $$
begin
    new.folded := null;
    return new;
end $$;
create trigger channels_contact_forget_folded before update of name on channels_contact
    for each row when (old.name is distinct from new.name) execute function forget_folded();
create trigger channels_chat_forget_folded before update of title on channels_chat
    for each row when (old.title is distinct from new.title) execute function forget_folded();

create index channels_contact_unfolded on channels_contact (account_id) where folded is null and name is not null;
create index channels_chat_unfolded on channels_chat (account_id) where folded is null and title is not null;

drop function search_fold(text);
-- The index was written with the older fold: it is written again.
update channels_search_state set seq = 0;
