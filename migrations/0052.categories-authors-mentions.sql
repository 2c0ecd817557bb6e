-- Whether conversations of the account are closed with a category only.
alter table channels_account add column category_required boolean not null default false;

-- The search index gets the author of each message and note: it is written again in the background.
update channels_search_state set seq = 0;

-- A view can ask for chats in which its viewer is mentioned.
update saved_view set query = query || '{"mentioned": null}';
