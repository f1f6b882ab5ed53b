"""The pytest plugin: fixtures ``sevis`` and ``udir`` (docs/pytest.md).

==============  ==========================================================================================
``plugin``      options, marker, fixtures, hooks: the only module that pytest loads by itself
``wishes``      which clock, scenario, seed and fidelity a test wants: marker, command line, ini file
``evidence``    what a failing test's report says of its sandbox
``university``  `SyncUniversity`: a University Directory for programs that block
==============  ==========================================================================================

pytest loads ``plugin`` in every project where this package is installed, so it imports nothing heavy before a test asks
for a fixture.
"""
