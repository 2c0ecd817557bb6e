drop table channels_hosted_link;
