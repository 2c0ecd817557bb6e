update channels_message m set attachments = (
    select jsonb_agg((item - 'state' - 'error') || jsonb_build_object('unavailable', item ->> 'state' = 'unavailable')
        order by n)
    from jsonb_array_elements(m.attachments) with ordinality as x (item, n))
where attachments <> '[]';
update channels_message set client_id = left(client_id, 100) where length(client_id) > 100;
alter table channels_message drop constraint channels_message_client_id_check;
alter table channels_message add constraint channels_message_client_id_check
    check (length(client_id) between 1 and 100);
drop index channels_message_waiting_media;
drop table channels_media;
drop table channels_media_blob;
