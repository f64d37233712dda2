"""Owns the list of the end-to-end cases that a run on PostgreSQL, or over several nodes, leaves out, each with a reason.
Never leaves out a case for a difference that a client could see. Called by on_postgresql.py and test_left_out.py.

A name stands for the tests of a module or a class, or for one test. The modules of ELSEWHERE choose their places
themselves. CASES is the number of the other tests that are left out, which test_left_out.py counts."""

ELSEWHERE = {
    "test_moves": "the test starts on LMDB and has a PostgreSQL server of its own",
    "test_nodes": "its nodes have a PostgreSQL server of their own",
    "test_node_faults": "its nodes have a PostgreSQL server of their own",
    "test_demo": "the demonstration starts its server itself",
    "test_demo_nodes": "the demonstration starts its servers itself",
    "test_compose": "the containers have a PostgreSQL server of their own",
    "test_package": "the package starts its server itself",
    "test_left_out": "it starts no server",
}

ON_POSTGRESQL = {
    "test_backup": "`backup` and `restore` copy LMDB's file",
    "test_disk_full": "the file system of LMDB's file becomes full",
    "test_dump": "LMDB's file is dumped and loaded; test_moves does the same with PostgreSQL",
    "test_durability": "files of the data directory are removed, replaced and damaged",
    "test_verify": "pages of LMDB's file are damaged",
    "test_upgrade": "data directories of earlier versions are opened",
    "test_start": "files of the data directory are made, missing and in the way",
    "test_million": "its commands open the data directory",
    "test_log.Log.test_a_refused_start_is_logged": "a second server finds the data directory locked",
    "test_monitoring.Monitoring.test_each_metric_and_label_exists":
        "the alerts name the disk of LMDB's file and `backup`; the other alerts are checked on LMDB",
    "test_server.Health.test_it_shows_version_database_disk_and_commits": "it compares the size of LMDB's file",
    "test_server.Health.test_the_growth_since_the_start_is_known": "it follows the size of LMDB's file",
    "test_server.Health.test_metrics_have_the_same_sizes": "it compares the size of LMDB's file",
    "test_server.Health.test_a_backup_is_known_from_its_end": "`backup` copies LMDB's file",
    "test_operators.Commands.test_a_database_in_use_is_changed_through_the_server":
        "a command finds the data directory locked",
    "test_operators.Offline": "the commands open the data directory of a stopped server; test_nodes has the same on "
                              "PostgreSQL",
    "test_webhook_secrets.OnDisk": "files of the data directory and of `backup` are read",
}

ON_SEVERAL_NODES = {
    "test_join.JoinLimits": "each node has a part of the limit; test_nodes.Together tests how the nodes share it",
    "test_qualify.QualifyLimits": "each node has a part of the limit; test_nodes.Together tests how the nodes share it",
    "test_http_limits": "one server's sockets and memory are watched",
    "test_http_border": "a front stands between the client's bytes and the server",
}

CASES = {"postgresql": 119, "nodes": 26}


def reason(case, nodes):
    """Why this test, such as test_join.Join.test_a_join_may_be_json, is left out, or None."""
    lists = (ELSEWHERE, ON_POSTGRESQL, *([ON_SEVERAL_NODES] if nodes > 1 else []))
    return next((why for found in lists for name, why in found.items() if f"{case}.".startswith(f"{name}.")), None)
