-- Authors stay in the search index: the older version does not ask for them.
alter table channels_account drop column category_required;

-- Without the criterion, a view of mentions would be one of all chats.
delete from saved_view where query->>'mentioned' is not null;
update saved_view set query = query - 'mentioned';
