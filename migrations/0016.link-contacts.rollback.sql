drop function keep_contacts(jsonb);
drop function link_contacts(jsonb);
drop function number_contacts(bigint[]);
drop index channels_chat_address, channels_message_files;
drop table channels_contact_alias;
drop index channels_contact_seq, channels_contact_avatar, channels_contact_avatar_due;
alter table channels_contact
    drop constraint channels_contact_avatar_fkey, drop constraint channels_contact_account_key,
    drop column external_id, drop column phoned_at, drop column seq, drop column avatar_tag, drop column avatar_due_at;
update channels_contact set avatar = null where avatar is not null;
