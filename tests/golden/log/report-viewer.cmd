printf "W<Esc>j<Enter>" >keys; pgsift log --dump-screen --size=30x100 --keys=keys fixtures/log/day.log; printf W >keys; pgsift log --dump-screen --size=20x100 --keys=keys fixtures/log/day.log
