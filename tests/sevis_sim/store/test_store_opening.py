"""Opening, creating and migrating a database, and refusing what cannot be opened."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from sevis_sim.store import GroundTransaction, Store, StoreError, Transaction
from sevis_sim.store.database import Database
from sevis_sim.store.migrate import Migration, migrations_of
from sevis_sim.store.tables import ALL

MIGRATIONS = migrations_of("sevis_sim.store")


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def one_line(error: pytest.ExceptionInfo[StoreError]) -> str:
    message = str(error.value)
    assert "\n" not in message
    return message


def test_importing_the_package_does_not_load_sqlalchemy() -> None:
    code = "import sys, sevis_sim.store, sevis_sim.journal; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_new_file_is_created_with_its_directory_and_remembers(tmp_path: Path) -> None:
    path = tmp_path / "data" / "deeper" / "store.db"
    store = Store.open(url(path))
    with store.transaction() as tx:
        tx.sandboxes.create("default", 7, {"mode": "real"})
    store.close()

    again = Store.open(url(path))
    with again.reading() as tx:
        assert [sandbox.name for sandbox in tx.sandboxes.list()] == ["default"]
    again.close()


def test_two_databases_in_memory_never_meet() -> None:
    first, second = Store.open("sqlite://"), Store.open("sqlite://")
    with first.transaction() as tx:
        tx.sandboxes.create("default", 1, {})
    with second.reading() as tx:
        assert tx.sandboxes.list() == []
    first.close()
    second.close()


def test_the_migrations_make_the_tables_that_the_queries_are_built_from() -> None:
    store = Store.open("sqlite://")
    with store.reading() as tx:
        inspector = inspect(tx.connection)
        made = {
            table: (
                {column["name"]: column["nullable"] for column in inspector.get_columns(table)},
                set(inspector.get_pk_constraint(table)["constrained_columns"]),
            )
            for table in inspector.get_table_names()
            if table != "schema_version"
        }
    store.close()

    assert made == {
        table.name: (
            {column.name: bool(column.nullable) for column in table.columns},
            {column.name for column in table.primary_key},
        )
        for table in ALL
    }


def test_bulk_inserts_name_the_columns_in_the_order_of_the_migrations() -> None:
    store = Store.open("sqlite://")
    with store.reading() as tx:
        for table in ALL:
            made = [column["name"] for column in inspect(tx.connection).get_columns(table.name)]
            assert [column.name for column in table.columns] == made
    store.close()


def test_every_table_with_a_sandbox_loses_its_rows_with_it() -> None:
    store = Store.open("sqlite://")
    with store.reading() as tx:
        keys = [
            (table.name, key.table)
            for table in ALL
            for key in tx.connection.exec_driver_sql(f"PRAGMA foreign_key_list({table.name})")
            if key.on_delete == "CASCADE"
        ]
    tied = {"sandboxes", "meta"}
    while more := {table for table, referred in keys if referred in tied} - tied:
        tied |= more
    store.close()
    assert tied == {table.name for table in ALL} - {"file_contents"}  # goes with the last file: test_store_snapshots


def test_the_migrations_are_numbered_without_a_gap() -> None:
    assert [migration.number for migration in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))


@pytest.mark.parametrize("known", range(len(MIGRATIONS)))
def test_a_database_of_an_earlier_version_is_brought_up_to_date_with_its_rows(tmp_path: Path, known: int) -> None:
    path = tmp_path / "store.db"
    if known:
        older = Database(url(path), "sevis-sim", MIGRATIONS[:known], GroundTransaction)
        with older.transaction() as tx:
            tx.connection.exec_driver_sql(
                "INSERT INTO sandboxes (name, seed, clock, settings) VALUES ('old', '3', '{}', '{}')"
            )
        older.close()
    else:
        sqlite3.connect(path).close()

    store = Store.open(url(path))
    with store.transaction() as tx:
        assert tx.connection.execute(text("SELECT version FROM schema_version")).scalar() == len(MIGRATIONS)
        assert [sandbox.name for sandbox in tx.sandboxes.list()] == (["old"] if known else [])
        assert tx.batches.list("old") == []
    store.close()


def test_files_of_batches_keep_their_contents_when_they_are_shared_from_now_on(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    older = Database(url(path), "sevis-sim", MIGRATIONS[:7], GroundTransaction)
    with older.transaction() as tx:
        tx.sandboxes.create("old", 3, {"mode": "frozen"})
        for key, kinds in ((7, ("document", "log", "archive")), (3, ("document",))):
            tx.connection.exec_driver_sql(
                "INSERT INTO batches VALUES (?, 'old', 'beta', 'O', ?, 'u', 'f', 0, 0, 0, 'accepted', 0, 0, 0, '')",
                (key, f"B{key}"),
            )
            for kind in kinds:
                row = (key, kind, f"{kind} of {key}".encode())
                tx.connection.exec_driver_sql("INSERT INTO batch_files VALUES (?, ?, ?)", row)
    older.close()

    store = Store.open(url(path))
    with store.transaction() as tx:
        assert (tx.batches.document(7), tx.batches.log(7)) == (b"document of 7", b"log of 7")
        assert (tx.batches.archive(7), tx.batches.document(3)) == (b"archive of 7", b"document of 3")
        assert tx.batches.archive(3) is None
        tx.sandboxes.delete("old")
        assert tx.connection.exec_driver_sql("SELECT count(*) FROM file_contents").scalar() == 0
    store.close()


def test_large_files_of_batches_that_stood_in_rows_are_still_read(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    older = Database(url(path), "sevis-sim", MIGRATIONS[:8], GroundTransaction)
    with older.transaction() as tx:
        tx.sandboxes.create("old", 3, {"mode": "frozen"})
        tx.connection.exec_driver_sql(
            "INSERT INTO batches VALUES (7, 'old', 'beta', 'O', 'B7', 'u', 'f', 0, 0, 0, 'accepted', 0, 0, 0, '')"
        )
        tx.connection.exec_driver_sql("INSERT INTO file_contents VALUES (1, ?)", (b"document" * 20_000,))
        tx.connection.exec_driver_sql("INSERT INTO batch_files VALUES (7, 'document', 1)")
    older.close()

    store = Store.open(url(path))
    with store.reading() as tx:
        assert tx.batches.document(7) == b"document" * 20_000
    store.close()


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    broken = Migration(3, "broken", "CREATE TABLE extra (name TEXT);\nCREATE TABLE sandboxes (name TEXT);\n")
    with pytest.raises(Exception, match="already exists"):
        Database(url(path), "sevis-sim", (*MIGRATIONS, broken), Transaction)

    tables = sqlite3.connect(path).execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == []


def test_a_database_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    Store.open(url(path)).close()
    with sqlite3.connect(path) as newer:
        newer.execute("UPDATE schema_version SET version = 999")
    newer.close()

    with pytest.raises(StoreError, match=r"newer sevis-sim \(schema 999") as error:
        Store.open(url(path))
    assert str(path) in one_line(error)


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "bookmarks.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE bookmarks (name TEXT)")
    other.close()

    with pytest.raises(StoreError, match="another program") as error:
        Store.open(url(path))
    assert str(path) in one_line(error)
    assert sqlite3.connect(path).execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]


def test_the_database_of_another_simulator_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    Database(url(path), "udir-sim", MIGRATIONS[:1], GroundTransaction).close()
    with pytest.raises(StoreError, match="another program"):
        Store.open(url(path))


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"This is a letter and no database.\n" * 100)
    with pytest.raises(StoreError, match="damaged or no database") as error:
        Store.open(url(path))
    assert str(path) in one_line(error)


def test_a_damaged_database_is_refused_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = Store.open(url(path))
    with store.transaction() as tx:
        tx.sandboxes.create("default", 1, {"filler": "x" * 40_000})
    store.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2)
        file.write(os.urandom(size // 4))

    with pytest.raises(StoreError, match="damaged") as error:
        Store.open(url(path))
    assert str(path) in one_line(error)


def test_a_directory_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "store.db").mkdir()
    with pytest.raises(StoreError, match="cannot write to") as error:
        Store.open(url(tmp_path / "store.db"))
    one_line(error)


def test_a_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot make the directory") as error:
        Store.open(url(tmp_path / "file" / "store.db"))
    one_line(error)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_without_permission_to_write_is_refused(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    with pytest.raises(StoreError, match="cannot write to"):
        Store.open(url(locked / "store.db"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("postgresql://u:secret@host/db", "not supported"),
        ("sqlite:///x.db?timeout=3", "without options"),
        ("store.db", "no database URL"),
    ],
)
def test_a_url_that_we_do_not_serve_is_refused_without_showing_its_password(wrong: str, said: str) -> None:
    with pytest.raises(StoreError, match=said) as error:
        Store.open(wrong)
    assert "secret" not in one_line(error)
