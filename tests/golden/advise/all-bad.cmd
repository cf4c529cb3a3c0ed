echo "SELEC 1;" >bad.sql
pgsift advise bad.sql
