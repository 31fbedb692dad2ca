-- What hangs on the shop's tables, made after the rows so that the triggers fire only for what comes later.
USE shop;
CREATE TABLE audit (id BIGINT AUTO_INCREMENT PRIMARY KEY, at DATETIME NOT NULL, what VARCHAR(200) NOT NULL);
CREATE VIEW customer_value AS
  SELECT c.id, c.full_name, COUNT(DISTINCT o.id) AS orders, COALESCE(SUM(l.amount), 0) AS spent
  FROM customer c LEFT JOIN `order` o ON o.customer_id = c.id LEFT JOIN order_line l ON l.order_id = o.id GROUP BY c.id;
CREATE DEFINER = shop@'%' SQL SECURITY INVOKER VIEW `best customers` AS
  SELECT id, full_name, credit FROM customer WHERE credit > 900 WITH CASCADED CHECK OPTION;
DELIMITER //
CREATE TRIGGER order_moved AFTER UPDATE ON `order` FOR EACH ROW
BEGIN
  IF OLD.status <> NEW.status THEN
    INSERT INTO audit (at, what) VALUES ('2026-01-01', CONCAT('order ', NEW.id, ': ', OLD.status, ' → ', NEW.status));
  END IF;
END//
CREATE TRIGGER order_gone BEFORE DELETE ON `order` FOR EACH ROW
  INSERT INTO audit (at, what) VALUES ('2026-01-01', CONCAT('order ', OLD.id, ' deleted; it''s "gone" \\ 🗑'))//
CREATE TRIGGER order_gone_too BEFORE DELETE ON `order` FOR EACH ROW FOLLOWS order_gone SET @last_deleted = OLD.id//
CREATE FUNCTION gross(net DECIMAL(12,2), rate FLOAT) RETURNS DECIMAL(12,2) DETERMINISTIC
  COMMENT 'price with tax; rounds half up'
  RETURN ROUND(net * (1 + rate), 2)//
CREATE DEFINER = shop@'%' PROCEDURE close_orders(IN before_day DATE, OUT closed INT)
  SQL SECURITY INVOKER
BEGIN
  -- a ; in a comment and a '//' in a string
  UPDATE `order` SET status = 'sent' WHERE status = 'paid' AND placed_at < before_day;
  SELECT ROW_COUNT(), '//' INTO closed, @ignored;
END//
CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2031-01-01 03:00:00' ON COMPLETION PRESERVE
  COMMENT 'tidies up' DO DELETE FROM audit WHERE at < NOW() - INTERVAL 1 YEAR//
CREATE EVENT asleep ON SCHEDULE EVERY '1:30' HOUR_MINUTE STARTS '2031-01-01 00:00:00' DISABLE DO BEGIN DO SLEEP(0); DO 1; END//
DELIMITER ;
CREATE SEQUENCE invoice_number START WITH 5000 INCREMENT BY 10 MAXVALUE 999999 NOCACHE CYCLE;
DO NEXTVAL(invoice_number), NEXTVAL(invoice_number), NEXTVAL(invoice_number);
UPDATE `order` SET status = 'lost' WHERE id <= 20;
DELETE FROM `order` WHERE id = 21;

GRANT ALL PRIVILEGES ON shop.* TO shop@'%' WITH GRANT OPTION;
GRANT SELECT ON shop.* TO readers;
GRANT SELECT (id, full_name), UPDATE (notes) ON shop.customer TO 'o''Brien "Bob"'@'10.86.%';
GRANT EXECUTE ON PROCEDURE shop.close_orders TO reporter@localhost;
GRANT EXECUTE ON FUNCTION shop.gross TO readers;
GRANT PROCESS, RELOAD ON *.* TO reporter@localhost;
GRANT SELECT ON `legacy`.* TO `clerks of the day`;
