-- What hangs on the library's tables, made after the rows so that the trigger fires only for what comes later.
SET ROLE library_owner;
CREATE MATERIALIZED VIEW lending.busiest AS SELECT member, count(*) AS loans FROM lending.loan GROUP BY member ORDER BY 2 DESC, 1 LIMIT 50;
CREATE UNIQUE INDEX busiest_member ON lending.busiest (member);
CREATE MATERIALIZED VIEW lending.not_yet AS SELECT 1 AS one WITH NO DATA;
CREATE VIEW lending.open_loan WITH (security_barrier) AS SELECT l.id, b.title FROM lending.loan l JOIN catalogue.book b ON b.id = l.book WHERE note IS NULL;
CREATE TABLE lending.audit (id bigint GENERATED ALWAYS AS IDENTITY, what text NOT NULL);
CREATE FUNCTION lending.note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO lending.audit (what) VALUES (format('%s of "%s" isn''t $body$', TG_OP, TG_TABLE_NAME)); -- a ; here
  RETURN NULL;
END $$;
CREATE TRIGGER member_changed AFTER UPDATE OR DELETE ON lending.member FOR EACH STATEMENT EXECUTE FUNCTION lending.note_change();
CREATE PROCEDURE lending.forget_audit() LANGUAGE sql BEGIN ATOMIC DELETE FROM lending.audit; END;
CREATE AGGREGATE lending.longest(text) (SFUNC = pg_catalog.textcat, STYPE = text, INITCOND = '');
CREATE RULE no_delete AS ON DELETE TO lending.room_booking DO INSTEAD NOTHING;
CREATE STATISTICS lending.loan_facts (dependencies) ON book, lent_on FROM lending.loan_2025;
UPDATE lending.member SET patience = '1 day' WHERE number = 3;

ALTER TABLE lending.member ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own card's row" ON lending.member FOR SELECT TO readers USING (name = current_user);
CREATE POLICY staff ON lending.member AS PERMISSIVE TO librarians USING (true) WITH CHECK (secret <> '');
GRANT USAGE ON SCHEMA lending, catalogue TO readers, librarians;
GRANT SELECT ON ALL TABLES IN SCHEMA catalogue TO readers;
GRANT SELECT (id, name), UPDATE (name) ON lending.member TO readers;
GRANT ALL ON lending.loan TO librarians WITH GRANT OPTION;
GRANT USAGE, SELECT ON SEQUENCE lending.receipt TO librarians;
GRANT EXECUTE ON FUNCTION lending.note_change() TO "O'Brien ""Bob""";

SELECT lo_from_bytea(700000 + i, decode(repeat(md5('large' || i) || '00', 2000 * i), 'hex')) FROM generate_series(1, 5) AS i \g /dev/null
COMMENT ON LARGE OBJECT 700001 IS 'a scanned map';
GRANT SELECT ON LARGE OBJECT 700002 TO readers;
ALTER LARGE OBJECT 700003 OWNER TO library_owner;
RESET ROLE;
CREATE PUBLICATION news FOR TABLE lending.letter;
CREATE FUNCTION public.seen() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END';
CREATE EVENT TRIGGER watch_drops ON sql_drop EXECUTE FUNCTION public.seen();
