drop table channels_draft;
