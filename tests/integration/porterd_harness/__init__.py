# SPDX-License-Identifier: Apache-2.0
"""What the integration tests stand on: a porterd in a network of its own, its log as records, and clients.

A test file imports from here, holds one class made from Case, and ends with `main()`. See tests/README.md."""

from .case import Case, main
from .clients import Client, ask, local, shown, tcp, udp
from .daemon import Porterd, run_porterd
from .machine import ACCOUNT_PASSWORD, add_account, add_address, bind_over, private_dev, private_folder, receiver, run, veth
from .paths import SOURCE, need, real_xinetd, victim
from .records import Record, Records, parse_record
from .roles import Role, has_ended
from .wait import Deadline, eventually

__all__ = ["ACCOUNT_PASSWORD", "Case", "Client", "Deadline", "Porterd", "Record", "Records", "Role",
           "SOURCE", "add_account", "add_address", "ask", "bind_over", "eventually", "has_ended", "local", "main", "need",
           "parse_record", "private_dev", "private_folder", "real_xinetd", "receiver", "run", "run_porterd", "shown", "tcp",
           "udp", "veth", "victim"]
