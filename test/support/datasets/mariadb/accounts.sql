-- Accounts come first: views and routines name them as their definers.
CREATE ROLE readers;
CREATE ROLE `clerks of the day` WITH ADMIN root@localhost;
CREATE USER shop@'%' IDENTIFIED BY 'shop ''n'' "go" \\ $HOME';
CREATE USER reporter@localhost IDENTIFIED BY 'report' WITH MAX_QUERIES_PER_HOUR 5000 MAX_USER_CONNECTIONS 5;
CREATE USER 'o''Brien "Bob"'@'10.86.%' IDENTIFIED BY 'grün 🙂' REQUIRE SSL;
CREATE USER `retired`@localhost IDENTIFIED VIA unix_socket ACCOUNT LOCK;
GRANT readers TO reporter@localhost;
GRANT readers TO `clerks of the day` WITH ADMIN OPTION;
SET DEFAULT ROLE readers FOR reporter@localhost;
