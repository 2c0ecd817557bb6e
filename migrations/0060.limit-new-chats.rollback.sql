alter table channels_account
    drop column messages_used_up_until, drop column new_chats_stops, drop column new_chats_stopped_by,
    drop column new_chats_stopped_until;
drop index channels_new_chat_old;
alter table channels_new_chat
    drop column answered_at, drop column chat_id, drop column checked_at, drop column is_on_whatsapp,
    drop column address;
