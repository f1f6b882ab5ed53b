"""``python -m udir_sim``: the same as the command ``udir-sim``."""

from udir_sim.cli import main

if __name__ == "__main__":
    main()
