pgsift log -q --partial -o a.part fixtures/log/day.log && pgsift log --merge --quiet a.part
head -c 400 a.part >cut.part; pgsift log --merge cut.part
pgsift log --merge fixtures/log/day.log
sed "1s/pgsift-partial [0-9]*/pgsift-partial 7/" a.part >later.part; pgsift log --merge later.part
