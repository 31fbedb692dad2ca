-- A day's work in the library.
INSERT INTO lending.member (id, name, secret) SELECT md5('new' || i)::uuid, 'New ' || i, 'x' FROM generate_series(1, 150) AS i;
INSERT INTO lending.loan (member, book, lent_on) SELECT md5('new' || i)::uuid, 1000 + 5 * i, '2025-06-01' FROM generate_series(1, 150) AS i;
UPDATE catalogue.book SET price = price + 1, facts = facts || '{"seen": true}' WHERE id BETWEEN 1010 AND 1100;
DELETE FROM lending.loan_2024 WHERE id % 10 = 0;
SELECT nextval('lending.receipt') \g /dev/null
ALTER TABLE lending.letter ADD COLUMN answered boolean NOT NULL DEFAULT false;
DROP VIEW lending.open_loan;
REFRESH MATERIALIZED VIEW lending.busiest;
SELECT lo_unlink(700004), lo_put(700001, 10, 'changed') \g /dev/null
CREATE TABLE lending.fine (id int PRIMARY KEY, amount money);
INSERT INTO lending.fine VALUES (1, '12.50');
CREATE ROLE intern LOGIN PASSWORD 'summer';
GRANT SELECT ON lending.fine TO intern;
REVOKE librarians FROM anna;
ALTER ROLE "O'Brien ""Bob""" NOLOGIN;
CREATE DATABASE campaign;
