"""The directory's tables, and the databases that are not its own."""

import os

import pytest
from sqlalchemy import create_engine, inspect

from sevis_sim.store import Store, StoreError
from udir_sim.directory import Directory
from udir_sim.directory.tables import ALL


def test_the_tables_for_queries_are_those_of_the_migrations(tmp_path):
    Directory.open(tmp_path).close()
    engine = create_engine(f"sqlite:///{tmp_path / 'directory.db'}")
    inspector = inspect(engine)
    for table in ALL:
        found = inspector.get_columns(table.name)
        assert [column["name"] for column in found] == [column.name for column in table.columns]
        assert [column["nullable"] for column in found] == [column.nullable for column in table.columns]
        keys = inspector.get_pk_constraint(table.name)["constrained_columns"]
        assert keys == [column.name for column in table.primary_key]
    engine.dispose()


def test_the_database_of_another_program_is_refused(tmp_path):
    Store.open(f"sqlite:///{tmp_path / 'directory.db'}").close()
    with pytest.raises(StoreError, match="database of another program"):
        Directory.open(tmp_path)


def test_a_directory_without_a_folder_leaves_nothing():
    directory = Directory.open()
    folder = directory.archive.folder
    assert folder.is_dir()
    directory.close()
    directory.close()
    assert not folder.exists()


@pytest.mark.skipif(os.name != "posix", reason="modes of files are a matter of POSIX")
def test_nobody_else_can_read_the_database_wherever_it_lies(tmp_path):
    tmp_path.chmod(0o755)
    with Directory.open(tmp_path) as directory:
        assert directory.loads() == []
        modes = {place.name: oct(place.stat().st_mode & 0o777) for place in tmp_path.glob("directory.db*")}
    assert len(modes) > 1
    assert set(modes.values()) == {"0o600"}
