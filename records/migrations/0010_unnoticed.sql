-- Students without a delivered notice are decided by a person; what a pre-check roster held stands beside the roster.
set search_path = licheng, public;

alter table confirmation add column decided_by uuid, add column evidence_sha256 text;
alter table submission_version add column precheck_code text, add column precheck_sha256 text;
alter table student add column leaving_evidence_sha256 text;
alter table duty_note drop constraint duty_note_kind_check;
alter table duty_note add constraint duty_note_kind_check
  check (kind in ('completed', 'returned', 'waived', 'corrected', 'closed', 'partial', 'unnoticed', 'left'));
