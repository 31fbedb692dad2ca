-- A database whose name is hard to quote, with objects like it.
CREATE SCHEMA "it's a ""schema""";
CREATE TABLE "it's a ""schema"""."table; DROP x" ("größe "" cm" int PRIMARY KEY, "select" text, "a
b" text DEFAULT E'tab\t "q" \\');
INSERT INTO "it's a ""schema"""."table; DROP x" VALUES (1, '$(touch /tmp/x)', E'a\tb\nc\\.\r'), (2, '\.', NULL), (3, '𝔘𝔫𝔦𝔠𝔬𝔡𝔢 🙂', '');
CREATE TABLE "--clean" (id serial PRIMARY KEY);
INSERT INTO "--clean" DEFAULT VALUES;
CREATE VIEW "%s $1 {}" AS SELECT * FROM "it's a ""schema"""."table; DROP x";
GRANT SELECT ON "--clean" TO "--help";
CREATE TABLE empty ();
