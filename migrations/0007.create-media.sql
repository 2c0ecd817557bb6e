-- Media: copies of received files, and files to send. The blobs are in the media storage under their SHA-256; these
-- tables say which messages refer to them.
create table channels_media_blob (
    sha256     text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
    size       bigint not null check (size >= 0),
    mimetype   text not null, -- by the content
    touched_at timestamptz(3) not null default now(), -- when the blob was last stored: orphans are deleted after a day
    created_at timestamptz(3) not null default now()
);
create index channels_media_blob_touched on channels_media_blob (touched_at);

create table channels_media (
    message_id    bigint not null references channels_message on delete cascade,
    attachment_id text not null check (length(attachment_id) between 1 and 255), -- as in channels_message.attachments
    sha256        text not null references channels_media_blob,
    created_at    timestamptz(3) not null default now(),
    primary key (message_id, attachment_id)
);
create index channels_media_sha256 on channels_media (sha256);

-- Attachments to copy: a handful of rows at any time.
create index channels_message_waiting_media on channels_message (id)
    where attachments @? '$[*] ? (@.state == "waiting")';

-- The second file of a send has the client's id with a suffix.
alter table channels_message drop constraint channels_message_client_id_check;
alter table channels_message add constraint channels_message_client_id_check
    check (length(client_id) between 1 and 110);

-- Messages that were stored before media were copied.
update channels_message m set attachments = (
    select jsonb_agg((item - 'unavailable') || jsonb_build_object(
        'state', case when item ->> 'unavailable' = 'true' then 'unavailable' else 'waiting' end, 'error', null)
        order by n)
    from jsonb_array_elements(m.attachments) with ordinality as x (item, n))
where attachments <> '[]';
