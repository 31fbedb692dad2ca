-- The databases beside the shop: partitions, an old one in latin1, and one whose name is hard to quote.
SET time_zone = '+00:00';
CREATE DATABASE warehouse CHARACTER SET utf8mb4;
USE warehouse;
CREATE TABLE movement (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT, moved_on DATE NOT NULL, bin VARCHAR(12) NOT NULL, pieces INT NOT NULL, token UUID NOT NULL, origin INET6,
  PRIMARY KEY (id, moved_on)
) PARTITION BY RANGE (YEAR(moved_on)) (
  PARTITION before_2025 VALUES LESS THAN (2025), PARTITION in_2025 VALUES LESS THAN (2026), PARTITION later VALUES LESS THAN MAXVALUE);
INSERT INTO movement (moved_on, bin, pieces, token, origin)
SELECT DATE_ADD('2024-01-01', INTERVAL MOD(seq, 1000) DAY), CONCAT(CHAR(65 + MOD(seq, 26)), '-', MOD(seq * 7, 500)), CAST(MOD(seq * 31, 200) AS INT) - 100, CONCAT(LEFT(MD5(seq), 12), '4', SUBSTR(MD5(seq), 14, 3), 'a', RIGHT(MD5(seq), 15)), CONCAT('2001:db8::', HEX(MOD(seq, 65536)))
  FROM seq_1_to_100000000 WHERE seq <= @movements;
CREATE TABLE shelf (id INT PRIMARY KEY, label VARCHAR(40)) PARTITION BY HASH (id) PARTITIONS 4;
INSERT INTO shelf SELECT seq, CONCAT('shelf ', seq) FROM seq_1_to_100;
CREATE VIEW sold AS SELECT p.sku, SUM(l.quantity) AS pieces FROM shop.product p JOIN shop.order_line l ON l.product_id = p.id GROUP BY p.sku;

CREATE DATABASE legacy CHARACTER SET latin1 COLLATE latin1_german1_ci;
USE legacy;
SET sql_mode = '';
CREATE TABLE kunde (nr INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(60), ort CHAR(30), seit DATE NOT NULL DEFAULT '0000-00-00', geaendert DATETIME NOT NULL DEFAULT '0000-00-00 00:00:00') AUTO_INCREMENT = 77;
INSERT INTO kunde (name, ort, seit) VALUES ('Jürgen Groß', 'Düsseldorf', '0000-00-00'), ('Zoë Ångström', 'Malmö', '1999-00-00'), ('£ 5 ½ ©', 'Östersund', '2001-02-00');
INSERT INTO kunde (nr, name) VALUES (0, 'zählt weiter');
SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO';
INSERT INTO kunde (nr, name, ort) VALUES (0, 'die Null', 'Nullingen');
CREATE TABLE suche (wort VARCHAR(80), treffer INT, wann TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, KEY (wort)) ENGINE = MyISAM;
INSERT INTO suche SELECT CONCAT('Wörter ', seq), MOD(seq * 7, 90), '2020-02-29 12:00:00' FROM seq_1_to_500;
CREATE TABLE journal (id INT AUTO_INCREMENT PRIMARY KEY, eintrag TEXT) ENGINE = Aria TRANSACTIONAL = 0;
INSERT INTO journal (eintrag) VALUES ('Zeile 1\nZeile 2\r\nTab\tEnde \\ '), (NULL), ('');
CREATE TABLE nichts (a INT);
SET sql_mode = DEFAULT;

CREATE DATABASE `- Müller's "Büro" ``50%`` $HOME`;
USE `- Müller's "Büro" ``50%`` $HOME`;
CREATE TABLE `it's a "table" ``x``` (`a b` INT PRIMARY KEY, `größe "cm"` DECIMAL(5,1), `select` VARCHAR(50), CONSTRAINT `check it's` CHECK (`a b` > 0));
INSERT INTO `it's a "table" ``x``` VALUES (1, 182.5, '$(touch /tmp/x); DROP TABLE t; --'), (2, NULL, '\\''"`\n\t\0'), (3, 0, '𝔘𝔫𝔦𝔠𝔬𝔡𝔢 🙂');
CREATE TABLE `--all-databases` (id INT PRIMARY KEY);
INSERT INTO `--all-databases` VALUES (1);
CREATE VIEW `a view's name` AS SELECT `a b`, `größe "cm"` FROM `it's a "table" ``x```;
GRANT SELECT, INSERT ON `- Müller's "Büro" ``50%`` $HOME`.* TO shop@'%';
