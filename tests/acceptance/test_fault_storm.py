"""`smmdb predict` under faults of all kinds at random times, over and over.

    pytest -n0 -m faults tests/acceptance/test_fault_storm.py -s

SMMDB_STORM_MINUTES (3) and SMMDB_STORM_SEED (by the clock; printed) change what happens. In the
ordinary tests it is left out: `-m faults` asks for it.
"""

import os
import random
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from faults import (
    FILLED,
    Orders,
    add_network,
    audit_books,
    count,
    fill,
    own_server,
    sessions,
)
from faulty_worker import ORDERS
from processes import environment, kill_hard, smmdb_command, wait_until
from sqlalchemy import text

from screening.store.engine import connect

COMPLEXES = 400
MOST_ATTEMPTS = 5  # after the last fault the first one should do
PRELOAD = str(Path(__file__).with_name("faulty_worker.py"))


class Storm:
    """One command after the other, and what befalls them."""

    def __init__(self, server, engine, env, chance):
        self._server, self._engine, self._env, self._chance = server, engine, env, chance
        self._driver = None
        self._finished = 0
        self.version = "faulty"

    def tell(self, what):
        print(f"{time.strftime('%X')} {self.version} {what}", flush=True)  # noqa: T201 - to watch

    def start(self):
        self._driver = subprocess.Popen(
            smmdb_command("predict", "--model", self.version, "--workers", "2"),
            env=self._env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def attend(self):
        """Start the command again when it has ended, with the next version when it was done."""
        if self._driver.poll() is None:
            return
        _, told = self._driver.communicate()
        if self._driver.returncode == 0:
            self.check()
            self.next_version()
        else:
            # Python's own answer to a Ctrl-C that comes before its program begins or when it ends.
            assert self._driver.returncode in (4, 130, -signal.SIGINT), told
            self.tell(f"ended with {self._driver.returncode}: {_last_line(told)}")
        self.start()

    def next_version(self):
        self._finished += 1
        self.version = f"faulty-{self._finished}"
        with self._engine.begin() as connection:
            spec_id = connection.scalar(text("select id from voxel_spec"))
            add_network(connection, spec_id, self.version, seed=self._finished)

    def check(self):
        """Each complex has one score by this version, the books are true, nobody stayed."""
        with self._engine.connect() as connection:
            scores, different, failures, status = connection.execute(
                text("""
                    select count(*), count(distinct p.complex_id),
                        (select count(*) from prediction_failure f
                            join screening_run r on r.id = f.run_id
                            where r.model_version_id = v.id),
                        (select status from screening_run where model_version_id = v.id
                            order by id desc limit 1)
                    from model_version v left join prediction p on p.model_version_id = v.id
                    where v.name = :name group by v.id"""),
                {"name": self.version},
            ).one()
        assert (scores, different, failures, status) == (COMPLEXES, COMPLEXES, 0, "done")
        audit_books(self._engine)
        wait_until(lambda: sessions(self._engine) == 0, 30)
        self.tell("done, and all is well")

    def strike(self):
        faults = {
            "a worker is killed": self._kill_worker,
            "a worker halts for a while": self._halt_worker,
            "the driver is killed": self._kill_driver,
            "Ctrl-C": lambda: self._driver.send_signal(signal.SIGINT),
            "the database crashes": self._crash,
            "the database is away for a while": self._stop,
        }
        name = self._chance.choice(list(faults))
        self.tell(name)
        with suppress(psutil.NoSuchProcess):
            faults[name]()

    def _worker(self):
        workers = [
            process
            for nursery in psutil.Process(self._driver.pid).children()
            for process in nursery.children()
        ]
        return self._chance.choice(workers) if workers else None

    def _kill_worker(self):
        if worker := self._worker():
            worker.kill()

    def _halt_worker(self):
        if worker := self._worker():
            worker.suspend()
            time.sleep(self._chance.uniform(0, 5))
            worker.resume()

    def _kill_driver(self):
        if self._driver.poll() is None:
            kill_hard(self._driver)
            self._driver.communicate()
            self.start()

    def _crash(self):
        self._server.crash()
        self._server.start()

    def _stop(self):
        self._server.stop()
        time.sleep(self._chance.uniform(0, 30))
        self._server.start()

    def finish(self):
        """Without further faults the command comes to its end."""
        for _ in range(MOST_ATTEMPTS):
            _, told = self._driver.communicate(timeout=600)
            if self._driver.returncode == 0:
                return self.check()
            self.tell(_last_line(told))
            self.start()
        raise AssertionError(f"{MOST_ATTEMPTS} commands without a fault did not finish")

    def end(self):
        if self._driver is not None and self._driver.poll() is None:
            kill_hard(self._driver)
            self._driver.communicate()


def _last_line(told):
    return (told.strip().splitlines() or ["without a word"])[-1]


@pytest.mark.faults
@pytest.mark.timeout(0)
def test_predict_survives_a_storm_of_faults(tmp_path):
    minutes = float(os.environ.get("SMMDB_STORM_MINUTES", "3"))
    seed = int(os.environ.get("SMMDB_STORM_SEED", str(int(time.time()))))
    chance = random.Random(seed)
    print(f"\nSMMDB_STORM_SEED={seed} SMMDB_STORM_MINUTES={minutes:g}")  # noqa: T201 - as above
    orders = Orders(tmp_path / "orders.json")
    orders.give(slow=0.02)
    with own_server() as server:
        fill(server, COMPLEXES)
        engine = connect(server.url(FILLED))
        key = ORDERS.upper().replace("-", "_").replace(".", "__")
        env = environment(
            SMMDB_DATABASE_URL=server.url(FILLED).replace("+psycopg", ""),
            DASK_DISTRIBUTED__WORKER__PRELOAD=str([PRELOAD]),
            **{f"DASK_{key}": str(orders.path)},
        )
        storm = Storm(server, engine, env, chance)
        ends = time.monotonic() + 60 * minutes
        try:
            storm.start()
            while time.monotonic() < ends:
                time.sleep(chance.expovariate(1 / 8))
                storm.strike()
                storm.attend()
            storm.finish()
        finally:
            storm.end()
            engine.dispose()
        assert count(engine, "screening_run") > 0
        engine.dispose()
