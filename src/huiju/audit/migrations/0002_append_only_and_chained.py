"""Events and links are final, and the database chains what is committed.

An event gets its place in the chain at commit, by a deferred trigger: the lock that orders the
writers is held for the last instant of a transaction only, whatever went before it.
"""

from typing import Any

from django.db import migrations

from huiju.kernel.rowsecurity import serving_role

REFUSE = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit events are final: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = '23514';
END $$;

CREATE TRIGGER audit_event_is_final BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_event_stays BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_link_is_final BEFORE UPDATE OR DELETE ON audit_link
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_link_stays BEFORE TRUNCATE ON audit_link
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""

CHAIN = """
-- JSON with sorted keys and no spaces, as audit/verifier.py writes it
CREATE FUNCTION audit_canonical(value jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, public AS $$
BEGIN
    RETURN CASE jsonb_typeof(value)
        WHEN 'object' THEN '{' || coalesce((
            SELECT string_agg(
                to_json(item.key)::text || ':' || audit_canonical(item.value),
                ',' ORDER BY item.key COLLATE "C")
            FROM jsonb_each(value) AS item), '') || '}'
        WHEN 'array' THEN '[' || coalesce((
            SELECT string_agg(audit_canonical(item.value), ',' ORDER BY item.place)
            FROM jsonb_array_elements(value) WITH ORDINALITY AS item(value, place)), '') || ']'
        ELSE value::text
    END;
END $$;

CREATE FUNCTION audit_link_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    last audit_link%ROWTYPE;
    written timestamp := NEW.at AT TIME ZONE 'Asia/Shanghai';
    line text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('audit_link'));
    SELECT * INTO last FROM audit_link ORDER BY seq DESC LIMIT 1;
    IF NOT FOUND THEN
        last.seq := 0;
        last.digest := repeat('0', 64);
    END IF;
    line := audit_canonical(jsonb_build_object(
        'seq', last.seq + 1,
        'at', to_char(written, 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+08:00',
        'actor', NEW.actor,
        'action', NEW.action,
        'subject', NEW.subject,
        'detail', NEW.detail,
        'previous', last.digest,
        'previous_day', to_char(last.day, 'YYYY-MM-DD')));
    INSERT INTO audit_link (seq, event_id, previous, previous_day, day, digest) VALUES (
        last.seq + 1, NEW.id, last.digest, last.day, greatest(last.day, written::date),
        encode(sha256(convert_to(line, 'UTF8')), 'hex'));
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER audit_event_is_linked AFTER INSERT ON audit_event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_link_event();
"""

UNDO = """
DROP TRIGGER audit_event_is_linked ON audit_event;
DROP FUNCTION audit_link_event();
DROP FUNCTION audit_canonical(jsonb);
DROP FUNCTION audit_refuse_change() CASCADE;
"""


def withhold_changes(_apps: Any, schema_editor: Any) -> None:
    """The serving role adds events and reads; it does not even write links."""
    role = schema_editor.quote_name(serving_role(schema_editor))
    schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON audit_event FROM {role}")
    schema_editor.execute(f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON audit_link FROM {role}")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_events_and_links")]

    operations = [
        migrations.RunSQL(REFUSE + CHAIN, UNDO),
        migrations.RunPython(withhold_changes, migrations.RunPython.noop),
    ]
