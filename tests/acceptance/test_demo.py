"""The first command of a new user, on an embedded database of its own, and what it says next."""

import json

import pytest
from processes import environment, run_smmdb


@pytest.mark.timeout(900)  # seven processes one after the other, on a machine that may be busy
def test_demo_from_nothing_to_a_ranked_table(embedded_home):
    env = environment(SMMDB_HOME=str(embedded_home))
    done = run_smmdb("demo", "--files", "60", env=env)
    assert done.returncode == 0, done.stderr
    assert "SYNTHETIC" in done.stderr
    assert "synthetic_" in done.stdout
    assert done.stdout.partition("Next:")[2].count("\n  smmdb ") == 3

    ranked = run_smmdb("rank", "--metal", "Dy", "--synthetic", "--format", "json", env=env)
    rows = json.loads(ranked.stdout)
    assert rows
    assert all("Dy" in row["metals"] and row["is_synthetic"] for row in rows)
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)

    sql = "select count(*) from candidates where 'Dy' = any (metals)"
    asked = run_smmdb("db", "psql", "--", "-At", "-c", sql, env=env)
    assert int(asked.stdout) >= len(rows)

    again = run_smmdb("demo", "--files", "60", env=env)
    assert again.returncode == 0, again.stderr
    assert "trained on the same data before" in again.stderr
    assert (
        json.loads(
            run_smmdb("rank", "--metal", "Dy", "--synthetic", "--format", "json", env=env).stdout
        )
        == rows
    )
    assert run_smmdb("db", "stop", env=env).returncode == 0
