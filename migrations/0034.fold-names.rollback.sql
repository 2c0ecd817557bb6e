update channels_search_state set seq = 0;
create function search_fold(text) returns text language sql immutable strict parallel safe
    return lower(regexp_replace(normalize($1, NFKD), '[\u0300-\u036f]', '', 'g'));

drop index channels_chat_unfolded;
drop index channels_contact_unfolded;
drop trigger channels_chat_forget_folded on channels_chat;
drop trigger channels_contact_forget_folded on channels_contact;
drop function forget_folded();
alter table channels_chat drop column folded;
alter table channels_contact drop column folded;
