drop table channels_usage;
drop table channels_entitlement;
