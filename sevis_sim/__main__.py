"""``python -m sevis_sim`` is ``sevis-sim``."""

from sevis_sim.cli import main

if __name__ == "__main__":
    main()
