drop table channels_export;
