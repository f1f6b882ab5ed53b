"""Wires one running simulator, for the command line, tests, the pytest plugin and library users.

==================  ==================================================================
``simulator``       start and stop; what a program asks a running simulator for
``sandboxes``       the sandboxes of one simulator, their timelines and due work
``tenancy``         sandboxes come, go, are copied and put back
``seeding``         a scenario's organizations, officials, certificates and records
``opening_clock``   which clock a simulator starts with
``ports``           the TLS port and the control port
``mischief``        faults: ``sim.faults``, and those that strike before a request
``handshakes``      failed handshakes as journal entries
``environment``     ready-to-source variables for client programs
==================  ==================================================================
"""

from sevis_sim.sandbox import Party
from sevis_sim.simulator.errors import SimulatorError
from sevis_sim.simulator.simulator import Simulator
from sevis_sim.workspace import DataDirectoryError

__all__ = ["DataDirectoryError", "Party", "Simulator", "SimulatorError"]
