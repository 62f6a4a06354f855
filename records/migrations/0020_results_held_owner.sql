-- results_held reads as the operator: its maker may be an owner that forced row security binds as well.
set search_path = licheng, public;

grant create on schema licheng to licheng_operator;
alter function results_held() owner to licheng_operator;
revoke create on schema licheng from licheng_operator;
