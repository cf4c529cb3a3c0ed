/* Statements and what the analysis sees in them; expectations worked out by hand (see
 * query_render.h). */
#include "sql/query.h"

#include "base/arena.h"
#include "base/err.h"
#include "query_render.h"
#include "tap.h"

/* ---- a catalog of the task-management database, as the callbacks want it ---- */

static const struct relation {
    const char *name;
    const char *columns[14];
    const char *view;
} relations[] = {
    {"organizations", {"id", "name", "slug", "plan"}, NULL},
    {"users", {"id", "email", "name", "active", "created_at"}, NULL},
    {"org_members", {"org_id", "user_id", "role"}, NULL},
    {"projects", {"id", "org_id", "name", "archived"}, NULL},
    {"tasks",
     {"id", "project_id", "parent_id", "title", "status", "priority", "due_date", "created_by",
      "created_at", "meta"},
     NULL},
    {"task_assignees", {"task_id", "user_id", "assigned_at"}, NULL},
    {"task_comments", {"id", "task_id", "author_id", "body", "created_at"}, NULL},
    {"open_tasks",
     {"id", "project_id", "title", "priority", "created_at"},
     "SELECT id, project_id, lower(title) AS title, priority, created_at FROM tasks "
     "WHERE status <> 'done';"},
    {"my_open_tasks",
     {"id"},
     "SELECT o.*, a.user_id FROM open_tasks o JOIN task_assignees a ON a.task_id = o.id"},
    {"project_counts",
     {"project_id", "status", "n"},
     "SELECT project_id, status, count(*) AS n FROM tasks GROUP BY project_id, status"},
    {"endless", {"id"}, "SELECT * FROM endless"},
};

static const struct relation *find_relation(struct str schema, struct str name)
{
    if (schema.p && !str_is(schema, "public"))
        return NULL;
    for (size_t i = 0; i < sizeof relations / sizeof *relations; i++)
        if (str_is(name, relations[i].name))
            return &relations[i];
    return NULL;
}

static enum query_answer has_column(void *ctx, struct str schema, struct str relation,
                                    struct str column)
{
    (void)ctx;
    const struct relation *r = find_relation(schema, relation);
    if (!r)
        return QUERY_UNKNOWN;
    for (size_t i = 0; r->columns[i]; i++)
        if (str_is(column, r->columns[i]))
            return QUERY_YES;
    return QUERY_NO;
}

static struct str column_at(void *ctx, struct str schema, struct str relation, size_t n)
{
    (void)ctx;
    const struct relation *r = find_relation(schema, relation);
    for (size_t i = 0; r && r->columns[i]; i++)
        if (i == n)
            return str_of(r->columns[i]);
    return (struct str){0};
}

static struct str view_sql(void *ctx, struct str schema, struct str relation)
{
    (void)ctx;
    const struct relation *r = find_relation(schema, relation);
    return r && r->view ? str_of(r->view) : (struct str){0};
}

static const struct query_names names = {
    .has_column = has_column, .column_at = column_at, .view_sql = view_sql};

/* ---- statements ---- */

static const struct {
    const char *sql, *want;
} cases[] = {
    {"SELECT * FROM tasks WHERE project_id = $1 ORDER BY priority, created_at",
     "1 select | tasks(*) | EQ(tasks.project_id, $1) {tasks} | sort tasks.priority ASC LAST, "
     "tasks.created_at ASC LAST"},
    {"SELECT t.* FROM tasks t JOIN task_assignees ta ON ta.task_id = t.id WHERE ta.user_id = ?",
     "1 select | t:tasks(*) ta:task_assignees(task_id,user_id) | on EQ(ta.task_id, t.id) {t ta} | "
     "EQ(ta.user_id, $1) {ta}"},
    {"SELECT t.* FROM tasks t JOIN projects p ON p.id = t.project_id WHERE p.org_id = :org AND "
     "due_date < current_date AND status <> 'done'",
     "1 select | t:tasks(*) p:projects(id,org_id) | on EQ(p.id, t.project_id) {t p} | EQ(p.org_id, "
     "$1) {p} | LT(t.due_date, !CURRENT_DATE!) {t} | NE(t.status, 'done') {t}"},
    {"SELECT id, title FROM tasks WHERE project_id = 37 AND to_tsvector('english', title) @@ "
     "plainto_tsquery('english', %s)",
     "1 select | tasks(id,title,project_id) | EQ(tasks.project_id, '37') {tasks} | "
     "TS(<to_tsvector('english', title)>, !plainto_tsquery('english', $1)!) {tasks}"},
    {"SELECT status, count(*) FROM tasks WHERE project_id = 37 GROUP BY status",
     "1 select agg | tasks(status,project_id) | EQ(tasks.project_id, '37') {tasks} | group "
     "tasks.status"},
    {"SELECT t.*, u.name FROM tasks t LEFT JOIN task_assignees ta ON ta.task_id = t.id LEFT JOIN "
     "users u ON u.id = ta.user_id WHERE t.project_id = 37 AND t.status <> 'done' ORDER BY "
     "t.priority DESC, t.created_at DESC LIMIT 50",
     "1 select | t:tasks(*) ta:task_assignees(task_id,user_id)? u:users(name,id)? | on left "
     "EQ(ta.task_id, t.id) {t- ta} | on left EQ(u.id, ta.user_id) {ta- u} | EQ(t.project_id, '37') "
     "{t} | NE(t.status, 'done') {t} | sort t.priority DESC FIRST, t.created_at DESC FIRST | limit "
     "50"},
    {"DELETE FROM tasks WHERE id = $1", "1 delete | tasks(id)! | EQ(tasks.id, $1) {tasks}"},
    {"SELECT title, email FROM tasks JOIN users ON created_by = users.id WHERE org_id = 3 AND "
     "active",
     "1 select | tasks(title,created_by) users(email,id,active) | on EQ(tasks.created_by, "
     "users.id) {tasks users} | EQ(org_id, '3') {} | EQ(users.active, 'true') {users}\n"
     "unresolved org_id"},
    {"SELECT task_id FROM task_assignees JOIN task_comments USING (task_id) WHERE author_id = 3",
     "1 select | task_assignees(task_id) task_comments(task_id,author_id) | on "
     "EQ(task_assignees.task_id, task_comments.task_id) {task_assignees task_comments} | "
     "EQ(task_comments.author_id, '3') {task_comments}"},
    {"SELECT * FROM task_assignees NATURAL JOIN org_members",
     "1 select | task_assignees(*) org_members(*) | on EQ(task_assignees.user_id, "
     "org_members.user_id) {task_assignees org_members}"},
    {"SELECT * FROM open_tasks WHERE project_id = 37 ORDER BY priority LIMIT 50",
     "1 select | tasks(id,project_id,title,priority,created_at,status)<open_tasks> | "
     "NE(tasks.status, 'done') {tasks} | EQ(tasks.project_id, '37') {tasks} | sort tasks.priority "
     "ASC LAST | limit 50"},
    {"SELECT id FROM open_tasks WHERE title = 'x'",
     "1 select | tasks(id,status,title)<open_tasks> | NE(tasks.status, 'done') {tasks} | "
     "EQ(<lower(title)>, 'x') {tasks}"},
    {"SELECT title FROM my_open_tasks m WHERE m.user_id = 7 AND m.project_id = 2",
     "1 select | tasks(title,status,id,project_id)<my_open_tasks> "
     "a:task_assignees(task_id,user_id)<my_open_tasks> | NE(tasks.status, 'done') {tasks} | on "
     "EQ(a.task_id, tasks.id) {tasks a} | EQ(a.user_id, '7') {a} | EQ(tasks.project_id, '2') "
     "{tasks}"},
    {"SELECT n FROM project_counts WHERE project_id = 37 AND n > 5",
     "1 select | project_counts=#2(n,project_id) | EQ(project_counts.project_id, '37') "
     "{project_counts} | GT(project_counts.n, '5') {project_counts}\n"
     "2 select from in 1 agg | tasks(project_id,status)<project_counts> | pushed "
     "EQ(tasks.project_id, '37') {tasks} | group tasks.project_id, tasks.status"},
    {"SELECT id FROM endless WHERE id = 1",
     "1 select | endless(id)<endless> | EQ(endless.id, '1') {endless}"},
    {"SELECT * FROM tasks ORDER BY 5, 2 DESC",
     "1 select | tasks(*) | sort tasks.status ASC LAST, tasks.project_id DESC FIRST"},
    {"SELECT t.status s, max(created_at) FROM tasks t GROUP BY s ORDER BY 2 DESC",
     "1 select agg | t:tasks(status,created_at) | group t.status | sort <max(created_at)> DESC "
     "FIRST"},
    {"SELECT id FROM tasks t WHERE EXISTS (SELECT 1 FROM task_assignees WHERE task_id = t.id AND "
     "user_id = 5)",
     "1 select | t:tasks(id) | SUBQUERYEXISTS(-) {}\n"
     "2 select expr semi in 1 | task_assignees(task_id,user_id) | EQ(task_assignees.task_id, t.id) "
     "{task_assignees ^} | EQ(task_assignees.user_id, '5') {task_assignees}"},
    {"SELECT id FROM tasks WHERE id IN (SELECT task_id FROM task_assignees WHERE user_id = 5) AND "
     "project_id NOT IN (SELECT id FROM projects WHERE archived)",
     "1 select | tasks(id,project_id) | SUBQUERY=(tasks.id) {tasks} | "
     "NOT[SUBQUERY=(tasks.project_id)] {tasks}\n"
     "2 select expr semi in 1 | task_assignees(task_id,user_id) | EQ(task_assignees.user_id, '5') "
     "{task_assignees} | semi EQ(task_assignees.task_id, tasks.id) {task_assignees ^}\n"
     "3 select expr notin in 1 | projects(id,archived) | EQ(projects.archived, 'true') {projects}"},
    {"SELECT id FROM tasks WHERE (project_id, status) IN (SELECT project_id, 'x' FROM open_tasks)",
     "1 select | tasks(id,project_id,status) | SUBQUERY=((tasks.project_id,tasks.status)) {tasks}\n"
     "2 select expr semi in 1 | tasks_1:tasks(project_id,status)<open_tasks> | NE(tasks_1.status, "
     "'done') {tasks_1} | semi EQ(tasks_1.project_id, tasks.project_id) {tasks_1 ^} | semi "
     "EQ(tasks.status, 'x') { ^}"},
    {"SELECT id, (SELECT count(*) FROM task_comments WHERE task_id = tasks.id) FROM tasks WHERE "
     "parent_id IS NULL",
     "1 select | tasks(id,parent_id) | NULL(tasks.parent_id) {tasks}\n"
     "2 select expr scalar in 1 agg | task_comments(task_id) | EQ(task_comments.task_id, tasks.id) "
     "{task_comments ^}"},
    {"WITH mine AS (SELECT * FROM tasks WHERE created_by = 4) SELECT mine.id FROM mine JOIN "
     "projects p ON p.id = mine.project_id WHERE p.org_id = 1",
     "1 select | tasks(id,created_by,project_id) p:projects(id,org_id) | EQ(tasks.created_by, '4') "
     "{tasks} | on EQ(p.id, tasks.project_id) {tasks p} | EQ(p.org_id, '1') {p}"},
    {"WITH mine AS MATERIALIZED (SELECT * FROM tasks WHERE created_by = 4) SELECT id FROM mine "
     "WHERE status = 'x'",
     "1 select | mine=#2(id,status) | EQ(mine.status, 'x') {mine}\n"
     "2 select cte in 1 mine | tasks(*) | EQ(tasks.created_by, '4') {tasks}"},
    {"WITH a AS (SELECT id, status FROM tasks), b AS (SELECT id FROM a WHERE status = 'x') SELECT "
     "* FROM b WHERE id = 1",
     "1 select | tasks(id,status) | EQ(tasks.status, 'x') {tasks} | EQ(tasks.id, '1') {tasks}"},
    {"WITH RECURSIVE tree(node) AS (SELECT id FROM tasks WHERE id = 1 UNION ALL SELECT t.id FROM "
     "tasks t JOIN tree ON t.parent_id = tree.node) SELECT node FROM tree",
     "1 select | tree=#2(id)\n"
     "2 select cte union all in 1 tree recursive | arms 3,4\n"
     "3 select arm in 2 | tasks(id) | EQ(tasks.id, '1') {tasks}\n"
     "4 select arm in 2 | t:tasks(id,parent_id) tree_1:tree=#2(id) | on EQ(t.parent_id, tree_1.id) "
     "{t tree_1}"},
    {"SELECT id FROM tasks WHERE status = 'a' UNION ALL SELECT id FROM tasks WHERE status = 'b' "
     "UNION ALL SELECT task_id FROM task_comments ORDER BY id DESC LIMIT 10",
     "1 select union all | sort id DESC FIRST | limit 10 | arms 2,3,4\n"
     "2 select arm in 1 | tasks(id,status) | EQ(tasks.status, 'a') {tasks}\n"
     "3 select arm in 1 | tasks_1:tasks(id,status) | EQ(tasks_1.status, 'b') {tasks_1}\n"
     "4 select arm in 1 | task_comments(task_id)"},
    {"SELECT x FROM (SELECT id AS x FROM tasks UNION SELECT task_id FROM task_comments) u WHERE x "
     "= 5",
     "1 select | u=#2(x) | EQ(u.x, '5') {u}\n"
     "2 select from union in 1 | arms 3,4\n"
     "3 select arm in 2 | tasks(id) | pushed EQ(tasks.id, '5') {tasks}\n"
     "4 select arm in 2 | task_comments(task_id) | pushed EQ(task_comments.task_id, '5') "
     "{task_comments}"},
    {"SELECT x FROM (SELECT id AS x FROM tasks EXCEPT SELECT task_id FROM task_comments) u WHERE x "
     "= 5",
     "1 select | u=#2(x) | EQ(u.x, '5') {u}\n"
     "2 select from except in 1 | arms 3,4\n"
     "3 select arm in 2 | tasks(id)\n"
     "4 select arm in 2 | task_comments(task_id)"},
    {"SELECT * FROM (SELECT * FROM tasks ORDER BY created_at LIMIT 10) s WHERE status = 'x'",
     "1 select | s=#2(*) | EQ(s.status, 'x') {s}\n"
     "2 select from in 1 | tasks(*) | sort tasks.created_at ASC LAST | limit 10"},
    {"SELECT d FROM (SELECT DISTINCT status AS d FROM tasks) s WHERE d = 'x'",
     "1 select | s=#2(d) | EQ(s.d, 'x') {s}\n"
     "2 select from in 1 | tasks(status) | pushed EQ(tasks.status, 'x') {tasks} | distinct"},
    {"SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY project_id ORDER BY created_at "
     "DESC) AS n FROM tasks) s WHERE n <= 3",
     "1 select | s=#2(id,n) | LE(s.n, '3') {s}\n"
     "2 select from in 1 | tasks(project_id,created_at,id) | partition tasks.project_id | window "
     "order tasks.created_at DESC FIRST"},
    {"SELECT p.name, t.title FROM projects p, LATERAL (SELECT title FROM tasks WHERE project_id = "
     "p.id ORDER BY created_at DESC LIMIT 3) t WHERE p.org_id = 5",
     "1 select | p:projects(name,org_id,id) t=#2(title) | EQ(p.org_id, '5') {p}\n"
     "2 select from in 1 | tasks(project_id,created_at,title) | EQ(tasks.project_id, p.id) {tasks "
     "^} | sort tasks.created_at DESC FIRST | limit 3"},
    {"SELECT p.id FROM projects p LEFT JOIN tasks t ON t.project_id = p.id WHERE t.id IS NULL",
     "1 select | p:projects(id) t:tasks(project_id,id)? | on left EQ(t.project_id, p.id) {p- t} | "
     "NULL(t.id) {t-}"},
    {"SELECT p.id FROM projects p LEFT JOIN tasks t ON t.project_id = p.id AND t.status = 'open' "
     "WHERE t.priority > 3",
     "1 select | p:projects(id) t:tasks(project_id,status,priority) | on EQ(t.project_id, p.id) {p "
     "t} | on EQ(t.status, 'open') {t} | GT(t.priority, '3') {t}"},
    {"SELECT p.id FROM projects p LEFT JOIN tasks t ON t.project_id = p.id WHERE t.priority > 3 OR "
     "p.archived",
     "1 select | p:projects(id,archived) t:tasks(project_id,priority)? | on left EQ(t.project_id, "
     "p.id) {p- t} | OR[GT(t.priority, '3'); EQ(p.archived, 'true')] {p t-}"},
    {"SELECT DISTINCT ON (project_id) project_id, id FROM tasks ORDER BY project_id, created_at "
     "DESC",
     "1 select | tasks(project_id,id,created_at) | sort tasks.project_id ASC LAST, "
     "tasks.created_at DESC FIRST | distinct on tasks.project_id"},
    {"SELECT id FROM tasks WHERE (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC "
     "FETCH FIRST 20 ROWS WITH TIES",
     "1 select | tasks(id,created_at) | LT((tasks.created_at,tasks.id), ROW($1, $2)) {tasks} | "
     "sort tasks.created_at DESC FIRST, tasks.id DESC FIRST | limit 20 | with ties"},
    {"SELECT id FROM tasks WHERE status = 'queued' ORDER BY priority LIMIT 1 FOR UPDATE SKIP "
     "LOCKED",
     "1 select | tasks(id,status,priority) | EQ(tasks.status, 'queued') {tasks} | sort "
     "tasks.priority ASC LAST | limit 1 | locks | skip locked"},
    {"SELECT lower(title) FROM tasks WHERE meta->>'k' = 'v' GROUP BY 1 HAVING lower(title) > 'a' "
     "AND count(*) > 1",
     "1 select agg | tasks(title,meta) | EQ(<(meta ->> 'k')>, 'v') {tasks} | GT(<lower(title)>, "
     "'a') {tasks} | having GT(!count(*)!, '1') {} | group <lower(title)>"},
    {"SELECT id FROM tasks WHERE lower(title) LIKE $1 || '%' AND created_at::date = now()::date",
     "1 select | tasks(id,title,created_at) | LIKE(<lower(title)>, !$1 || '%'!) {tasks} | "
     "EQ(tasks.created_at::date, !(now())::date!::date) {tasks}"},
    {"SELECT id FROM tasks x(a, b) WHERE b = 3",
     "1 select | x:tasks(id,project_id) | EQ(x.project_id, '3') {x}"},
    {"INSERT INTO tasks (project_id, title) VALUES ($1, $2), ($3, $4) RETURNING id",
     "1 insert | tasks(id)! | columns project_id,title | rows 2"},
    {"INSERT INTO task_assignees SELECT id, 5, now() FROM tasks WHERE project_id = 7",
     "1 insert | task_assignees()!\n"
     "2 select source in 1 | tasks(id,project_id) | EQ(tasks.project_id, '7') {tasks}"},
    {"INSERT INTO org_members (org_id, user_id, role) VALUES (1, 2, 'x') ON CONFLICT (org_id, "
     "user_id) DO UPDATE SET role = excluded.role WHERE org_members.role <> excluded.role",
     "1 insert | org_members(role,org_id,user_id)! | set role | columns org_id,user_id,role | rows "
     "1 | conflict org_members.org_id, org_members.user_id"},
    {"UPDATE tasks SET status = 'done', priority = priority + 1 WHERE project_id = 3 AND status = "
     "'review'",
     "1 update | tasks(project_id,status,priority)! | EQ(tasks.project_id, '3') {tasks} | "
     "EQ(tasks.status, 'review') {tasks} | set status,priority"},
    {"UPDATE tasks t SET created_by = u.id FROM users u WHERE u.email = t.title",
     "1 update | t:tasks(title)! u:users(email,id) | EQ(u.email, t.title) {t u} | set created_by"},
    {"DELETE FROM tasks USING projects p WHERE p.id = project_id AND p.archived",
     "1 delete | tasks(project_id)! p:projects(id,archived) | EQ(p.id, tasks.project_id) {tasks p} "
     "| EQ(p.archived, 'true') {p}"},
    {"MERGE INTO task_assignees a USING users u ON a.user_id = u.id WHEN MATCHED THEN DELETE",
     "1 merge | a:task_assignees(user_id)! u:users(id) | on EQ(a.user_id, u.id) {a u} | deletes"},
    {"MERGE INTO task_assignees a USING users u ON a.user_id = u.id WHEN NOT MATCHED THEN INSERT "
     "(task_id, user_id) VALUES (1, u.id)",
     "1 merge | a:task_assignees(user_id)?! u:users(id) | on right EQ(a.user_id, u.id) {a u-} | "
     "columns task_id,user_id | inserts"},
    {"WITH gone AS (DELETE FROM tasks WHERE project_id = 1 RETURNING id) DELETE FROM task_comments "
     "WHERE task_id IN (SELECT id FROM gone)",
     "1 delete | task_comments(task_id)! | SUBQUERY=(task_comments.task_id) {task_comments}\n"
     "2 delete cte in 1 gone | tasks(id,project_id)! | EQ(tasks.project_id, '1') {tasks}\n"
     "3 select expr semi in 1 | gone=#2(id) | semi EQ(gone.id, task_comments.task_id) {gone ^}"},
    {"EXPLAIN (ANALYZE, BUFFERS) SELECT id FROM tasks WHERE status = 'x'",
     "1 select | tasks(id,status) | EQ(tasks.status, 'x') {tasks}"},
    {"PREPARE p AS SELECT id FROM tasks WHERE status = $1",
     "1 select | tasks(id,status) | EQ(tasks.status, $1) {tasks}"},
    {"CREATE TABLE x AS SELECT id FROM tasks WHERE status = 'x'",
     "1 select | tasks(id,status) | EQ(tasks.status, 'x') {tasks}"},
    {"CREATE INDEX i ON tasks (id)", "utility IndexStmt"},
    {"SELECT colour FROM tasks t WHERE t.shape = 3 AND nobody.x = 1",
     "1 select | t:tasks(colour,shape) | EQ(t.shape, '3') {t} | EQ(nobody.x, '1') {}\n"
     "unresolved t.shape nobody.x t.colour"},
    {"SELECT id FROM other.tasks WHERE a = 1",
     "1 select | tasks:other.tasks(id,a) | EQ(tasks.a, '1') {tasks}"},
    {"SELECT g FROM generate_series(1, 3) g JOIN tasks ON tasks.id = g",
     "1 select | g:generate_series(g) tasks(id) | on EQ(tasks.id, g.g) {g tasks}"},
    {"SELECT v.k FROM (VALUES (1, 'a'), (2, 'b')) AS v(k, n) JOIN tasks t ON t.id = v.k",
     "1 select | v(k) t:tasks(id) | on EQ(t.id, v.k) {v t}"},
    {"SELECT t FROM tasks t WHERE id = 1", "1 select | t:tasks(*) | EQ(t.id, '1') {t}"},
    {"SELECT count(*) FROM tasks a, tasks b WHERE a.parent_id = b.id",
     "1 select agg | a:tasks(parent_id) b:tasks(id) | EQ(a.parent_id, b.id) {a b}"},
    {"SELECT id FROM tasks WHERE project_id IN (1, 2) AND priority BETWEEN 2 AND 4 AND NOT (status "
     "= 'x' OR status = 'y')",
     "1 select | tasks(id,project_id,priority,status) | IN(tasks.project_id, ['1','2']) {tasks} | "
     "GE(tasks.priority, '2') {tasks} | LE(tasks.priority, '4') {tasks} | NE(tasks.status, 'x') "
     "{tasks} | NE(tasks.status, 'y') {tasks}"},
    {"SELECT a.id FROM tasks a FULL JOIN tasks b ON a.parent_id = b.id WHERE a.project_id = 1",
     "1 select | a:tasks(id,parent_id,project_id) b:tasks(id)? | on left EQ(a.parent_id, b.id) {a- "
     "b} | EQ(a.project_id, '1') {a}"},
};

static void try_case(struct arena *a, const char *sql, const char *want)
{
    struct err err = {0};
    struct buf b = {0};
    struct query *q = query_analyse(a, str_of(sql), &names, &err);
    if (q)
        render_query(&b, q);
    else
        buf_printf(&b, "error: %s", err.message);
    is_text(b.data, want, sql);
    buf_free(&b);
}

/* Without a catalog a name of two relations cannot be attributed. */
static void try_without_catalog(struct arena *a)
{
    static const struct {
        const char *sql, *want;
    } bare[] = {
        {"SELECT a FROM t WHERE b = 1", "1 select | t(a,b) | EQ(t.b, '1') {t}"},
        {"SELECT a FROM t, u WHERE b = 1", "1 select | t() u() | EQ(b, '1') {}\nunresolved b a"},
        {"SELECT t.a FROM t JOIN u USING (k) JOIN v USING (k2)",
         "1 select | t(a,k) u(k) v(k2) | on EQ(t.k, u.k) {t u} | on EQ(k2, v.k2) {v}\n"
         "unresolved k2"},
        {"SELECT 1 FROM t WHERE EXISTS (SELECT 1 FROM u WHERE x = y)",
         "1 select | t() | SUBQUERYEXISTS(-) {}\n"
         "2 select expr semi in 1 | u(x,y) | EQ(u.x, u.y) {u}"},
        {"SELECT 1", "1 select"},
        {"VALUES (1), (2)", "1 select"},
    };
    for (size_t i = 0; i < sizeof bare / sizeof *bare; i++) {
        struct err err = {0};
        struct buf b = {0};
        render_query(&b, query_analyse(a, str_of(bare[i].sql), NULL, &err));
        is_text(b.data, bare[i].want, bare[i].sql);
        buf_free(&b);
    }
}

static void try_errors(struct arena *a)
{
    struct err err = {0};
    ok(!query_analyse(a, STR("SELECT a FROM t\nWHERE a = :name AND b ="), &names, &err),
       "a syntax error is none");
    is_int((long long)err.line, 2, "line");
    is_int((long long)err.column, 24, "column, of the text as given");
    err_clear(&err);
    ok(!query_analyse(a, STR("SELECT 1; SELECT 2"), &names, &err), "several statements");
    is_text(err.message, "there are several statements", "message");
    err_clear(&err);
    ok(!query_analyse(a, STR("  -- x"), &names, &err), "no statement");
    is_text(err.message, "there is no statement", "message");
}

static void try_parts(struct arena *a)
{
    struct err err = {0};
    struct query *q = query_analyse(
        a,
        STR("SELECT id FROM tasks WHERE title = $2 AND id IN (SELECT task_id FROM task_assignees)"),
        &names, &err);
    is_int((long long)q->param_count, 2, "highest parameter");
    const struct query_rte *r = query_find_rte(q, STR("task_assignees"));
    ok(r && r == q->blocks[1]->rtes[0], "entry by its alias");
    ok(!query_find_rte(q, STR("nobody")), "no entry of that alias");
    is_int((long long)q->blocks[0]->conds[1].pred->block, 2, "a subquery names its block");
    q = query_analyse(a, STR("SELECT 1 FROM tasks LIMIT 10 + 1"), &names, &err);
    ok(q->blocks[0]->limit.present && !q->blocks[0]->limit.known, "LIMIT of an expression");
    q = query_analyse(a, STR("SELECT 1 FROM tasks LIMIT ALL"), &names, &err);
    ok(!q->blocks[0]->limit.present, "LIMIT ALL is none");
    q = query_analyse(a, STR("SELECT t.id + 1, title AS name, t.* FROM tasks t"), &names, &err);
    const struct query_target *t = q->blocks[0]->targets;
    ok(str_is(t[0].name, "?column?") && str_is(t[1].name, "name") && !t[2].name.p, "output names");
    ok(str_is(t[0].side.expr, "(id + 1)") && str_is(t[1].side.column, "title"), "output values");
}

/* WITH c0 AS (first), c1 AS (next over c0), ... SELECT x FROM the last */
static struct str chain(struct arena *a, const char *first, const char *next, int n)
{
    struct buf b = {0};
    buf_printf(&b, "WITH c0 AS (%s)", first);
    for (int i = 1; i < n; i++)
        buf_printf(&b, ", c%d AS (SELECT %s FROM c%d)", i, next, i - 1);
    buf_printf(&b, " SELECT x FROM c%d WHERE x = '1'", n - 1);
    struct str s = str_dup(a, buf_str(&b));
    buf_free(&b);
    return s;
}

/* What grows when it is merged must stay within bounds. */
static void try_growth(struct arena *a)
{
    struct err err = {0};
    const char *first = "SELECT title AS x FROM tasks";
    ok(query_analyse(a, chain(a, first, "x || x AS x", 200), &names, &err), "doubling CTEs");
    ok(query_analyse(a, chain(a, first, "(((x || 'a') || 'b') || 'c') AS x", 3000), &names, &err),
       "a long chain of CTEs");
    ok(query_analyse(a, chain(a, first, "x", 3000), &names, &err), "a long chain of names");
    ok(query_analyse(a, chain(a, first, "(x || 'a') AS x, count(*)", 100), &names, &err),
       "a chain of groups");
    struct buf b = {0};
    buf_adds(&b, "SELECT 1 FROM tasks");
    for (int i = 0; i < 300; i++)
        buf_printf(&b, " LEFT JOIN tasks t%d ON t%d.id = tasks.parent_id", i, i);
    struct query *q = query_analyse(a, buf_str(&b), &names, &err);
    ok(q && q->blocks[0]->rte_count == 301 && q->blocks[0]->rtes[300]->nullable,
       "hundreds of joins");
    buf_clear(&b);
    for (int i = 0; i < 60; i++)
        buf_adds(&b, "SELECT * FROM (");
    buf_adds(&b, "SELECT * FROM tasks");
    for (int i = 0; i < 60; i++)
        buf_printf(&b, ") s%d", i);
    buf_adds(&b, " WHERE project_id = 1");
    err_clear(&err);
    q = query_analyse(a, buf_str(&b), &names, &err);
    ok(q && q->blocks[0]->rte_count == 1 && str_is(q->blocks[0]->rtes[0]->alias, "tasks"),
       "sixty subqueries merge into one block");
    buf_free(&b);
}

int main(void)
{
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        try_case(a, cases[i].sql, cases[i].want);
    try_without_catalog(a);
    try_errors(a);
    try_parts(a);
    try_growth(a);
    arena_free(a);
    return done();
}
