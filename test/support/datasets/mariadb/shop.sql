-- A web shop. @customers, @products, @orders, @reviews and @pictures say how many rows there are.
SET time_zone = '+00:00';
CREATE DATABASE shop CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
USE shop;

CREATE TABLE text_block (id SMALLINT UNSIGNED PRIMARY KEY, body VARCHAR(200) NOT NULL) COMMENT = 'sentences to write with';
INSERT INTO text_block SELECT seq, CONCAT(
  ELT(1 + MOD(seq, 8), 'The parcel', 'My new lamp', 'This coat', 'The old clock', 'Our kitchen table', 'The blue bicycle', 'A set of glasses', 'The tent'),
  ELT(1 + MOD(seq DIV 8, 8), ' came in two days', ' took three weeks', ' looks better than in the picture', ' was packed with care', ' has a scratch', ' is the best I ever bought', ' does not fit', ' makes a strange noise'),
  ELT(1 + seq DIV 64, ' and we love it. ', ', so I sent it back. ', ', but the price was fair. ', ' and the neighbours asked for the shop. ', ', which is fine with me. ', '. Would buy again! ', '. Never again. ', ' – thank you 🙂 '))
  FROM seq_0_to_511;

CREATE TABLE customer (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  first_name VARCHAR(40) NOT NULL,
  last_name VARCHAR(40) NOT NULL,
  full_name VARCHAR(81) AS (CONCAT(first_name, ' ', last_name)) STORED,
  email VARCHAR(120) NOT NULL,
  mail_host VARCHAR(80) AS (SUBSTRING_INDEX(email, '@', -1)) VIRTUAL,
  address JSON NOT NULL,
  credit DECIMAL(10,2) NOT NULL DEFAULT 0 CHECK (credit >= 0),
  notes TEXT,
  registered_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  UNIQUE (email), KEY by_name (last_name, first_name), KEY by_host (mail_host)
) AUTO_INCREMENT = 1000;
INSERT INTO customer (first_name, last_name, email, address, credit, notes, registered_at)
SELECT STRAIGHT_JOIN first_name, last_name, CONCAT(LOWER(first_name), '.', n, '@', ELT(1 + MOD(n, 4), 'example.org', 'example.com', 'mail.example.net', 'büro.example')),
    JSON_OBJECT('street', CONCAT(ELT(1 + MOD(n, 5), 'Lindenstraße', 'High Street', 'Rue de l''Église', 'Calle Mayor', 'Hauptplatz'), ' ', 1 + MOD(n * 13, 180)),
      'zip', LPAD(MOD(n * 7919, 100000), 5, '0'), 'city', ELT(1 + MOD(n, 6), 'Köln', 'Leeds', 'Orléans', 'Málaga', 'Graz', 'Göteborg'), 'floors', JSON_ARRAY(MOD(n, 4), MOD(n, 7))),
    MOD(n * 37, 100000) / 100, IF(MOD(n, 3) = 0, NULL, body), TIMESTAMPADD(MICROSECOND, MOD(n * 104729, 1000) * 1000, TIMESTAMPADD(SECOND, MOD(n * 7919, 60000000), '2024-01-01'))
  FROM (SELECT seq AS n,
      ELT(1 + MOD(CRC32(seq), 12), 'Anna', 'Bjørn', 'Chloé', 'David', 'Elif', 'Fatma', 'Grzegorz', 'Hélène', 'Iñigo', 'Jürgen', 'Katarína', 'Liam') AS first_name,
      ELT(1 + MOD(CRC32(CONCAT('l', seq)), 12), 'Andersen', 'O''Connor', 'Çelik', 'Dupont', 'Engström', 'Fischer', 'García', 'Horváth', 'Ivanov', 'Jansen', 'Kovač', 'Łukasik') AS last_name
    FROM seq_1_to_100000000 WHERE seq <= @customers) AS person
  JOIN text_block ON id = MOD(n * 31, 512);

CREATE TABLE product (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sku CHAR(12) CHARACTER SET ascii NOT NULL UNIQUE,
  title VARCHAR(120) NOT NULL,
  price DECIMAL(9,2) NOT NULL CHECK (price > 0),
  tax_rate FLOAT NOT NULL DEFAULT 0.19,
  gross DOUBLE AS (price * (1 + tax_rate)) VIRTUAL,
  sizes SET('S', 'M', 'L', 'XL') NOT NULL DEFAULT '',
  released YEAR, shape POINT, serial BIT(12), opens TIME(2),
  FULLTEXT (title)
);
INSERT INTO product (sku, title, price, sizes, released, shape, serial, opens)
SELECT CONCAT('SKU-', LPAD(seq, 8, '0')), CONCAT(ELT(1 + MOD(seq, 6), 'Oak', 'Steel', 'Woollen', 'Glass', 'Paper', 'Copper'), ' ', ELT(1 + MOD(seq DIV 6, 7), 'table', 'lamp', 'coat', 'bowl', 'kite', 'kettle', 'shelf'), ' no. ', seq),
    1 + MOD(seq * 353, 90000) / 100, MOD(seq, 16), 1990 + MOD(seq, 36), POINT(seq / 7, -seq / 3), MOD(seq, 4096), SEC_TO_TIME(MOD(seq * 61, 86400))
  FROM seq_1_to_100000000 WHERE seq <= @products;

CREATE TABLE `order` (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_id INT UNSIGNED NOT NULL,
  status ENUM('new', 'paid', 'sent', 'returned', 'lost') NOT NULL DEFAULT 'new',
  placed_at DATETIME NOT NULL,
  tracking CHAR(32) CHARACTER SET ascii,
  history JSON NOT NULL DEFAULT '[]',
  KEY by_day (placed_at),
  CONSTRAINT order_of_customer FOREIGN KEY (customer_id) REFERENCES customer (id) ON UPDATE CASCADE
);
INSERT INTO `order` (customer_id, status, placed_at, tracking, history)
SELECT 1000 + MOD(seq * 7, @customers), 1 + MOD(seq, 5), TIMESTAMPADD(SECOND, seq * 17, '2025-01-01'), MD5(seq),
    JSON_ARRAY(JSON_OBJECT('at', TIMESTAMPADD(SECOND, seq * 17, '2025-01-01'), 'by', ELT(1 + MOD(seq, 3), 'web', 'phone', 'shop')), JSON_OBJECT('paid', MOD(seq, 2) = 0, 'ref', CRC32(seq)))
  FROM seq_1_to_100000000 WHERE seq <= @orders;

CREATE TABLE order_line (
  order_id BIGINT UNSIGNED NOT NULL,
  line TINYINT UNSIGNED NOT NULL,
  product_id INT UNSIGNED NOT NULL,
  quantity SMALLINT NOT NULL CHECK (quantity BETWEEN 1 AND 999),
  price DECIMAL(9,2) NOT NULL,
  amount DECIMAL(12,2) AS (quantity * price) STORED,
  PRIMARY KEY (order_id, line),
  FOREIGN KEY (order_id) REFERENCES `order` (id) ON DELETE CASCADE,
  FOREIGN KEY (product_id) REFERENCES product (id)
);
INSERT INTO order_line (order_id, line, product_id, quantity, price)
SELECT STRAIGHT_JOIN n.seq, l.seq, 1 + MOD(n.seq * 11 + l.seq * 101, @products), 1 + MOD(n.seq, 9), 1 + MOD(n.seq * l.seq * 353, 90000) / 100
  FROM seq_1_to_100000000 n JOIN seq_1_to_2 l WHERE n.seq <= @orders;

CREATE TABLE review (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  product_id INT UNSIGNED NOT NULL,
  stars TINYINT NOT NULL CHECK (stars BETWEEN 1 AND 5),
  body TEXT NOT NULL,
  written_at DATETIME NOT NULL,
  KEY by_product (product_id, stars)
);
INSERT INTO review (product_id, stars, body, written_at)
SELECT STRAIGHT_JOIN 1 + MOD(seq * 13, @products), 1 + MOD(CRC32(seq), 5), CONCAT(a.body, b.body, c.body, d.body, '(order ', MD5(CONCAT('r', seq)), ')'), TIMESTAMPADD(MINUTE, seq, '2025-01-01')
  FROM seq_1_to_100000000 JOIN text_block a ON a.id = MOD(CRC32(CONCAT('a', seq)), 512) JOIN text_block b ON b.id = MOD(CRC32(CONCAT('b', seq)), 512)
    JOIN text_block c ON c.id = MOD(CRC32(CONCAT('c', seq)), 512) JOIN text_block d ON d.id = MOD(CRC32(CONCAT('d', seq)), 512)
  WHERE seq <= @reviews;

CREATE TABLE picture (id INT UNSIGNED PRIMARY KEY, name VARCHAR(80) NOT NULL, content MEDIUMBLOB NOT NULL, thumb VARBINARY(64));
INSERT INTO picture
SELECT n.seq, CONCAT('Bild ', n.seq, ' 📷.jpg'), CONCAT(x'FFD8FFE000104A4649460000', (SELECT GROUP_CONCAT(UNHEX(SHA2(CONCAT(n.seq, '-', k.seq), 512)) ORDER BY k.seq SEPARATOR '\0') FROM seq_1_to_64 k)),
    IF(MOD(n.seq, 2), x'00275C220A0D1A00', NULL)
  FROM seq_1_to_100000000 n WHERE n.seq <= @pictures;
